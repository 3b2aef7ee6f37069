import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDatabase, dropDatabase, freePort, ManagedProcess, repositoryRoot } from '@grantway/local-services';
import type { App, Tokens } from '../support/app.js';
import { ADA, SECRET } from '../support/environments.js';
import { Installation, sql } from './support/installation.js';
import { type PostgresTools, postgresTools } from './support/postgres-tools.js';
import { runBlocks, type Said, shellBlocks } from './support/shell.js';

/** Milliseconds for the blocks of one part of the page. */
const PATIENCE = 60_000;

/** One chapter of docs/operating.md. */
async function chapterOf(title: string): Promise<string> {
  const page = await readFile(join(repositoryRoot, 'docs/operating.md'), 'utf8');
  const [, text = ''] = page.split(`\n## ${title}\n`);
  return text.split('\n## ')[0] as string;
}

describe('docs/operating.md, back up and restore', () => {
  const given = process.env['GRANTWAY_TEST_DATABASE_URL'] as string;
  let installation: Installation;
  let tools: PostgresTools;
  let said: Said[];
  let app: App;
  let server: ManagedProcess;
  let before: { code: string; tokens: Tokens };
  let ending: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    installation = await Installation.prepare();
    tools = await postgresTools(given);
    const [database, restored] = await Promise.all(
      ['operating', 'operating_restored'].map((name) => createDatabase(tools.adminUrl, name)),
    );
    const port = await freePort();
    const publicUrl = `http://localhost:${port}`;
    const common = {
      ...{ PORT: String(port), PUBLIC_URL: publicUrl, GRANTWAY_MASTER_KEY: installation.masterKey },
      ...{
        GRANTWAY_ENVIRONMENTS: installation.environmentFile,
        GRANTWAY_DATA: installation.folder,
        NATS_URL: undefined,
      },
    };
    const onDatabase = (url: string | undefined) =>
      new ManagedProcess({
        ...{ name: 'standalone', script: join(repositoryRoot, 'apps/standalone/dist/main.js'), ownGroup: false },
        ...{ readyUrl: `${publicUrl}/readyz`, env: { ...common, DATABASE_URL: url } },
      });
    app = installation.app(publicUrl);
    server = onDatabase(database);
    await server.start();
    before = await spend(app);
    const blocks = shellBlocks(await chapterOf('Back up and restore'));
    ending = blocks.pop() as string;
    env = {
      ...common,
      ...{ GRANTWAY: repositoryRoot, DATABASE_URL: database, RESTORED_URL: restored },
      ...{ ENVIRONMENT: installation.file.environment, CLIENT: `service:${SECRET}` },
      PATH: `${tools.folder}:${process.env['PATH']}`,
    };
    // The drill is done on the address of the one that is gone.
    const [dump = '', ...rest] = blocks;
    said = await runBlocks([dump], installation.folder, env, PATIENCE);
    await server.stop();
    said.push(...(await runBlocks(rest, installation.folder, env, PATIENCE)));
    server = onDatabase(restored);
    await server.start();
  }, 180_000);

  afterAll(async () => {
    await server?.stop();
    if (tools) for (const name of ['operating', 'operating_restored']) await dropDatabase(tools.adminUrl, name);
    await tools?.stop();
    await installation.remove();
  });

  /** A person who has signed on, and a code that is spent. */
  async function spend(from: App): Promise<{ code: string; tokens: Tokens }> {
    const code = await from.code(ADA);
    return { code, tokens: (await from.redeem(code)).json<Tokens>() };
  }

  it('house: the drill gives a token from the restored database', () => {
    expect(said[0]?.output).toContain('nothing to apply');
    expect(JSON.parse(said.at(-1)?.output ?? '')).toMatchObject({ token_type: 'Bearer', scope: 'orders:read' });
  });

  it('I1 I2 what was good is good, and what was spent is spent', async () => {
    expect((await app.userInfo(before.tokens.access_token)).status).toBe(200);
    const refreshed = await app.refresh(before.tokens.refresh_token);
    expect(refreshed.status).toBe(200);
    const again = await app.redeem(before.code);
    expect([again.status, again.json<{ error: string }>().error]).toEqual([400, 'invalid_grant']);
  });

  it('house: what PostgreSQL is asked when there is trouble is something it understands', async () => {
    const questions = [...(await chapterOf('Trouble')).matchAll(/`(SELECT [^`]+)`/g)].map(([, text]) => text as string);
    expect(questions.length).toBeGreaterThan(2);
    for (const question of questions) expect(await sql(env['RESTORED_URL'] as string, question)).toBeInstanceOf(Array);
  });

  it('I3 the last command of the chapter ends what the past still held', async () => {
    const { tokens } = await spend(app);
    await runBlocks([ending], installation.folder, env, PATIENCE);
    const refused = await app.refresh(tokens.refresh_token);
    expect([refused.status, refused.json<{ error: string }>().error]).toEqual([400, 'invalid_grant']);
    expect((await spend(app)).tokens.refresh_token).toBeDefined();
  });
});
