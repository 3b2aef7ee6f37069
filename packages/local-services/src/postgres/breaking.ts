import { Client } from 'pg';
import type { EmbeddedPostgres } from './embedded-postgres.js';

/** Ends it as a crash does: no session says goodbye, no process leaves a note. Start it again from the same folder. */
export async function crashPostgres(postgres: EmbeddedPostgres): Promise<void> {
  process.kill(postgres.pid, 'SIGKILL');
  await postgres.stop(); // Nothing is left to stop, but its owner's note.
}

/**
 * Every session stands still, with its connection open.
 *
 * @returns what lets them go on
 */
export async function freezePostgres(postgres: EmbeddedPostgres, database: string): Promise<() => void> {
  const client = new Client({ connectionString: postgres.url(database) });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>(
    'SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
  );
  await client.end();
  const pids = [postgres.pid, ...rows.map(({ pid }) => pid)];
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  return () => {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  };
}
