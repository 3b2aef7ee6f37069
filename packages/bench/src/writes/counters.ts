import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';

/** What has been counted so far, of the database and of the bus. */
export interface Counters {
  /** Bytes of write-ahead log. */
  readonly walBytes: number;
  readonly walRecords: number;
  /** Pages that were written whole, the first time after a checkpoint. */
  readonly walImages: number;
  /** How often the log was forced to the disk. */
  readonly flushes: number;
  /** Each statement is a transaction of its own, so these are the round trips too. */
  readonly statements: number;
  readonly inserted: number;
  readonly updated: number;
  /** Updates that changed no index. */
  readonly hot: number;
  readonly deleted: number;
  /** Bytes that nats-server read from its connections; it writes as many. */
  readonly busBytes: number;
}

/** PostgreSQL's sessions tell what they counted ten seconds after their last statement at the latest. */
const TOLD_AFTER = 11_000;

/** 14 to 17 count flushes of the log in pg_stat_wal, 18 in pg_stat_io. */
const FLUSHES = {
  older: '(SELECT wal_sync FROM pg_stat_wal)',
  newer: "(SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal')",
};

/** @param natsPid absent in standalone, which has no bus */
export async function countersOf(database: Client, natsPid: number | undefined): Promise<Counters> {
  await sleep(TOLD_AFTER);
  const { rows: versions } = await database.query("SELECT current_setting('server_version_num')::int AS version");
  const flushes = versions[0].version >= 180_000 ? FLUSHES.newer : FLUSHES.older;
  const { rows } = await database.query(`
    SELECT wal_bytes::float8 AS "walBytes", wal_records::float8 AS "walRecords", wal_fpi::float8 AS "walImages",
           ${flushes}::float8 AS flushes, xact_commit::float8 AS statements,
           tup_inserted::float8 AS inserted, tup_updated::float8 AS updated, tup_deleted::float8 AS deleted,
           (SELECT sum(n_tup_hot_upd) FROM pg_stat_user_tables)::float8 AS hot
    FROM pg_stat_wal, pg_stat_database
    WHERE datname = current_database()`);
  return { ...rows[0], busBytes: natsPid === undefined ? 0 : readSoFar(natsPid) };
}

/** Bytes, of connections as well as of files (proc(5), `io`). */
function readSoFar(pid: number): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
}

/** What was counted in between, for each request. */
export function perRequest(before: Counters, after: Counters, requests: number): Counters {
  const names = Object.keys(before) as (keyof Counters)[];
  return Object.fromEntries(
    names.map((name) => [name, (after[name] - before[name]) / requests]),
  ) as unknown as Counters;
}
