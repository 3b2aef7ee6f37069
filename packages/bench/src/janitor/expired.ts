import { Client } from 'pg';
import { ENVIRONMENT } from '../contenders/grantway/environment.js';

/** The n-th of so many UUIDv7 of a day two months ago. */
const ID = `(lpad(to_hex(((extract(epoch FROM now()) - 5184000 + 86400.0 * n / $1) * 1000)::bigint), 12, '0')
  || '7' || lpad(to_hex(n % 4096), 3, '0') || '8' || lpad(to_hex(n), 15, '0'))::uuid`;

const LONG_AGO = `now() - interval '60 days'`;

/** Sessions that nobody signed off, each due to be looked at at a moment of its own, as they come about. */
const SESSIONS = `
  INSERT INTO session (id, environment_id, secret_hash, user_id, auth_time, acr, amr, created_at, idle_expires_at, absolute_expires_at, look_at)
  SELECT ${ID}, '${ENVIRONMENT}', decode(repeat('ab', 32), 'hex'), 'person-id-' || n % 1000, ${LONG_AGO}, 'urn:password', '{pwd}',
         ${LONG_AGO}, ${LONG_AGO} + interval '8 hours', ${LONG_AGO} + interval '1 day',
         ${LONG_AGO} + interval '4 days' + make_interval(secs => 86400.0 * n / $1)
  FROM generate_series(1, $1::int) AS n`;

/** Families that went idle. */
const AUTHORIZATIONS = `
  INSERT INTO authorization_record (id, environment_id, client_id, subject_kind, subject_id, scope, resources, auth_time, acr, amr,
         session_id, offline, created_at, generation, salt, rotated_at, idle_expires_at, absolute_expires_at, look_at)
  SELECT ${ID}, '${ENVIRONMENT}', 'web-' || n % 32, 'user', 'person-id-' || n % 1000, '{openid,offline_access,orders:read}', '{}',
         ${LONG_AGO}, 'urn:password', '{pwd}', ${ID}, true, ${LONG_AGO}, 3, decode(repeat('cd', 16), 'hex'), ${LONG_AGO},
         ${LONG_AGO} + interval '30 days', ${LONG_AGO} + interval '180 days',
         ${LONG_AGO} + interval '31 days' + make_interval(secs => 86400.0 * n / $1)
  FROM generate_series(1, $1::int) AS n`;

const TABLES = ['session', 'authorization_record'] as const;

/** @param many rows that are over, half of them sessions and half authorizations */
export async function addExpired(client: Client, many: number): Promise<void> {
  await client.query('SET synchronous_commit = off');
  for (const [table, insert] of [
    ['session', SESSIONS],
    ['authorization_record', AUTHORIZATIONS],
  ] as const) {
    const indexes = await client.query<{ name: string; definition: string }>(
      `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
       FROM pg_index WHERE indrelid = $1::regclass AND NOT indisprimary`,
      [table],
    );
    for (const { name } of indexes.rows) await client.query(`DROP INDEX ${name}`);
    await client.query(insert, [many / 2]);
    for (const { definition } of indexes.rows) await client.query(definition);
  }
  await client.query('VACUUM ANALYZE session, authorization_record');
  await client.query('CHECKPOINT');
}

/** What PostgreSQL counted so far. */
export interface Counted {
  readonly removed: number;
  /** Index entries read because they were due. */
  readonly due: number;
  /** Rows that were read one after the other, without an index. */
  readonly scanned: number;
  /** With the indexes. */
  readonly bytes: number;
}

export async function counted(client: Client): Promise<Counted> {
  const { rows } = await client.query<Counted>(
    `SELECT sum(n_tup_del)::float8 AS removed, sum(seq_tup_read)::float8 AS scanned, sum(pg_total_relation_size(relid))::float8 AS bytes,
            (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE indexrelname LIKE '%look_at')::float8 AS due
     FROM pg_stat_user_tables WHERE relname = ANY ($1)`,
    [TABLES],
  );
  return rows[0] as Counted;
}
