import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrate } from '../src/database/migrations.js';

/** A database of its own on the cluster the test run was given. */
export interface ScratchDatabase {
  readonly url: string;
  readonly name: string;
  /** Asks from outside, as an operator would. */
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Ends the connections of our processes, as a fail-over or an operator does; `like` matches their application_name. */
  terminate(like?: string): Promise<number>;
  drop(): Promise<void>;
}

export async function scratchDatabase({ migrated = true }: { migrated?: boolean } = {}): Promise<ScratchDatabase> {
  const adminUrl = process.env['GRANTWAY_TEST_DATABASE_URL'];
  if (!adminUrl) throw new Error('GRANTWAY_TEST_DATABASE_URL names no cluster in which a test may create databases');
  const name = `persistence_${process.pid}_${randomBytes(4).toString('hex')}`;
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  if (migrated) await migrate(url.href);
  const outside = new pg.Client({ connectionString: url.href, application_name: 'test' });
  await outside.connect();
  return {
    url: url.href,
    name,
    query: async <Row extends object>(sql: string, values: unknown[] = []) =>
      (await outside.query<Row>(sql, values)).rows,
    terminate: async (like = 'grantway%') => {
      const { rowCount } = await outside.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name LIKE $2',
        [name, like],
      );
      return rowCount ?? 0;
    },
    drop: async () => {
      await outside.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}
