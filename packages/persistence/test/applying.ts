import type { AppliedChanges, EnvironmentConfig } from '@grantway/domain';
import { aClient, aConfiguredUser, anEnvironment, aPublicClient, aResource } from '@grantway/testing';
import pg from 'pg';
import { openReplica } from './postgres-world.js';
import { type ScratchDatabase, scratchDatabase } from './scratch-database.js';

export const NOTHING_CHANGED: AppliedChanges = { created: [], updated: [], removed: [] };

export function aConfig(changes: Partial<EnvironmentConfig> = {}): EnvironmentConfig {
  return {
    environment: anEnvironment(),
    resources: [aResource()],
    clients: [aClient(), aPublicClient()],
    users: [aConfiguredUser()],
    serviceAccounts: [],
    ...changes,
  };
}

/** A database in which every test of the suite it is called in applies configuration from nothing. */
export class Applying {
  #scratch: ScratchDatabase | undefined;
  #replica: ReturnType<typeof openReplica> | undefined;
  #ear: pg.Client | undefined;
  readonly #heard: string[] = [];

  static inSuite(): Applying {
    const applying = new Applying();
    beforeAll(() => applying.#open());
    beforeEach(() => applying.#empty());
    afterEach(() => applying.#replica?.close());
    afterAll(() => applying.#close());
    return applying;
  }

  get scratch(): ScratchDatabase {
    if (!this.#scratch) throw new Error('the database is made before the first test');
    return this.#scratch;
  }

  get replica(): ReturnType<typeof openReplica> {
    if (!this.#replica) throw new Error('each test has a replica of its own');
    return this.#replica;
  }

  apply(changes: Partial<EnvironmentConfig> = {}): Promise<AppliedChanges> {
    return this.replica.configs.apply(aConfig(changes));
  }

  /** What was announced since the last time. */
  async announced(): Promise<string[]> {
    await this.#ear?.query('SELECT 1'); // notifications come before the answer
    return this.#heard.splice(0);
  }

  /** All configuration that is stored. */
  async snapshot(): Promise<string> {
    const tables: unknown[] = [];
    for (const table of ['environment', 'client', 'resource', 'directory_user', 'service_account']) {
      tables.push(await this.scratch.query(`SELECT * FROM ${table} ORDER BY 1, 2`));
    }
    return JSON.stringify(tables);
  }

  async #open(): Promise<void> {
    this.#scratch = await scratchDatabase();
    this.#ear = new pg.Client({ connectionString: this.#scratch.url });
    await this.#ear.connect();
    this.#ear.on('notification', ({ payload }) => void this.#heard.push(payload ?? ''));
    await this.#ear.query('LISTEN grantway_config');
  }

  async #empty(): Promise<void> {
    await this.scratch.query('DELETE FROM environment');
    await this.scratch.query('TRUNCATE authorization_record, authorization_code, consent');
    this.#replica = openReplica(this.scratch.url);
    await this.announced();
  }

  async #close(): Promise<void> {
    await this.#ear?.end();
    await this.#scratch?.drop();
  }
}
