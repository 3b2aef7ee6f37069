import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateAndApply } from '@grantway/local-services';
import pg from 'pg';
import { stringify } from 'yaml';
import { App } from '../../support/app.js';
import { type EnvironmentFile, ordinary } from '../../support/environments.js';
import { Person } from '../../support/person.js';

const ENVIRONMENT = 'faults';

/** What every private installation offers its specs, however it runs. */
export class Installation {
  readonly file: EnvironmentFile = ordinary(ENVIRONMENT);
  readonly masterKey = randomBytes(32).toString('base64url');
  /** Everything its processes printed. */
  readonly output: string[] = [];

  private constructor(readonly folder: string) {
    const web = this.client('web');
    web.trusted = true;
    // A client whose every reuse is a theft.
    this.file.clients.push({ ...web, id: 'strict', refresh: { grace: 0 } });
  }

  /** A folder of its own, which goes away with `remove`. */
  static async prepare(change: (file: EnvironmentFile) => void = () => {}): Promise<Installation> {
    const folder = await mkdtemp(join(process.env['GRANTWAY_TEST_DIR'] ?? tmpdir(), 'faults-'));
    const installation = new Installation(folder);
    change(installation.file);
    await writeFile(installation.environmentFile, stringify(installation.file));
    return installation;
  }

  get environmentFile(): string {
    return join(this.folder, 'environment.yaml');
  }

  async apply(databaseUrl: string, publicUrl: string): Promise<void> {
    const env = { DATABASE_URL: databaseUrl, GRANTWAY_MASTER_KEY: this.masterKey, PUBLIC_URL: publicUrl };
    await migrateAndApply(this.environmentFile, env);
  }

  app(baseUrl: string, id = 'web'): App {
    const { redirectUris, secret, scopes } = this.client(id);
    return new App(baseUrl, ENVIRONMENT, id, redirectUris?.[0] ?? 'https://rp.example/none', secret, scopes?.join(' '));
  }

  client(id: string) {
    const client = this.file.clients.find((entry) => entry.id === id);
    if (!client) throw new Error(`no client ${id}`);
    return client;
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

/** A person who is signed on at this installation. */
export async function signedOn(app: App, user: { username: string; password: string }): Promise<Person> {
  const person = new Person(app.baseUrl);
  const answer = await app.signIn(person, user);
  if (!answer.params()['code']) throw new Error(`not signed on: ${answer.status} ${answer.text.slice(0, 300)}`);
  return person;
}

/** One statement on a connection of its own, which breaks nothing when it breaks. */
export async function sql<T extends object>(databaseUrl: string, text: string, values: unknown[] = []): Promise<T[]> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'tests' });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<T>(text, values)).rows;
  } finally {
    await client.end();
  }
}
