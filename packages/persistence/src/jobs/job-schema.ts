import { Logger, runMigrations } from 'graphile-worker';
import type pg from 'pg';

/** What the library has to say is said by readiness, by handlers and by this house's own logs. */
export const SILENT = new Logger(() => () => {});

/** The revision of the library's schema that this release needs. */
export const JOB_SCHEMA_REVISION = 19;

/** Whether jobs can be enqueued. */
export async function hasJobSchema(client: pg.Client): Promise<boolean> {
  try {
    const { rows } = await client.query<{ id: number | null }>('SELECT max(id) AS id FROM graphile_worker.migrations');
    return (rows[0]?.id ?? 0) >= JOB_SCHEMA_REVISION;
  } catch (error) {
    if ((error as { code?: string }).code === '42P01') return false; // undefined_table
    throw error;
  }
}

/** The library's own migrations, each a transaction; repeating them is no error. */
export async function migrateJobs(databaseUrl: string): Promise<void> {
  await runMigrations({ connectionString: databaseUrl, logger: SILENT });
}
