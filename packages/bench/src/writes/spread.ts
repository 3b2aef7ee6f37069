import { Client } from 'pg';
import { startStandalone } from '../contenders/grantway/standalone.js';
import { fill } from '../growth/fill.js';

/** Live families, and how many of them are refreshed. */
const FAMILIES = 1_000_000;
const REFRESHED = 20_000;
/** In one statement, as under load. */
const TOGETHER = 16;

/** What `authorization_rotate` writes. */
const ROTATE = `
  UPDATE authorization_record
  SET generation = generation + 1, rotated_at = now(),
      idle_expires_at = LEAST(now() + interval '30 days', absolute_expires_at)
  WHERE id = ANY ($1::uuid[])`;

/**
 * What a refresh writes when it is one of a million: the first change of a page after a checkpoint is logged with the whole page,
 * and families that are refreshed one after the other do not lie side by side.
 */
export async function spread(say: (line: string) => void): Promise<void> {
  const running = await startStandalone();
  const database = new Client({ connectionString: running.databaseUrl });
  await database.connect();
  try {
    await fill(running.databaseUrl ?? '', FAMILIES);
    const { rows } = await database.query('SELECT id FROM authorization_record ORDER BY random() LIMIT $1', [
      REFRESHED,
    ]);
    const ids = rows.map(({ id }) => id as string);
    await database.query('CHECKPOINT');
    say(`the first refresh after a checkpoint: ${await bytesOf(database, ids)} bytes of WAL`);
    say(`the second: ${await bytesOf(database, ids)}`);
    await database.query('SET wal_compression = on');
    await database.query('CHECKPOINT');
    say(`the first after another checkpoint, with wal_compression: ${await bytesOf(database, ids)}`);
    const { rows: sizes } = await database.query(
      "SELECT pg_relation_size('authorization_record') AS heap, pg_indexes_size('authorization_record') AS indexes",
    );
    const [{ heap, indexes }] = sizes;
    say(
      `of a family: ${Math.round(heap / FAMILIES)} bytes in the table, ${Math.round(indexes / FAMILIES)} in its indexes`,
    );
  } finally {
    await database.end();
    await running.stop();
  }
}

/** @returns bytes for each */
async function bytesOf(database: Client, ids: readonly string[]): Promise<string> {
  const before = await position(database);
  for (let at = 0; at < ids.length; at += TOGETHER) await database.query(ROTATE, [ids.slice(at, at + TOGETHER)]);
  return (((await position(database)) - before) / ids.length).toFixed(0);
}

async function position(database: Client): Promise<number> {
  const { rows } = await database.query("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 AS bytes");
  return rows[0].bytes;
}
