import { type AuditEvent, AuditEvents, type AuditQuery } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { Database } from '../database/database.js';
import { type Statement, statement } from '../database/statement.js';
import { isKey, isUuid } from '../database/values.js';
import { AUDIT_COLUMNS, type AuditRow, RECORD, recordValue, toAuditEvent } from './audit-record.js';

const FOLLOWER = 'stream';
/** Milliseconds. A process that stands still with a batch in hand is taken for gone, and another one hands it on. */
const LONGEST_IN_HAND = 15_000;

const read = (name: string, more = '') =>
  statement(
    name,
    `
  SELECT ${AUDIT_COLUMNS}
  FROM audit_event
  WHERE environment_id = $1
    AND id >= grantway_uuid_floor($2::timestamptz)
    AND id < $3::uuid
    AND ($4::text IS NULL OR client_id = $4)
    AND ($5::text IS NULL OR event = $5)
    AND ($6::text IS NULL OR CASE $6 WHEN 'refused' THEN outcome <> 'ok' ELSE outcome = $6 END)${more}
  ORDER BY id DESC
  LIMIT $7`,
  );

const READ = read('audit_read');
const READ_OF_USER = read('audit_read_of_user', '\n    AND sub = $8');

const FOLLOW = statement(
  'audit_follow',
  `
  INSERT INTO audit_follower (name)
  VALUES ($1)
  ON CONFLICT DO NOTHING`,
);

const UNFOLLOW = statement(
  'audit_unfollow',
  `
  WITH gone AS (
    DELETE FROM audit_follower
    WHERE name = $1
    RETURNING name
  )
  DELETE FROM audit_outbox
  WHERE EXISTS (SELECT FROM gone)`,
);

// Of all processes one; its end ends the transaction, and with it the lock.
const TAKE_TURN = statement(
  'audit_take_turn',
  `
  SELECT pg_try_advisory_xact_lock(hashtext('grantway_audit_stream')) AS mine,
         set_config('idle_in_transaction_session_timeout', $1::text, true)`,
);

const WAITING = statement(
  'audit_waiting',
  `
  SELECT waiting.id AS waiting_id, kept.*
  FROM (
    SELECT id, environment_id
    FROM audit_outbox
    ORDER BY id
    LIMIT $1
  ) AS waiting
  LEFT JOIN LATERAL (
    SELECT ${AUDIT_COLUMNS}
    FROM audit_event
    WHERE environment_id = waiting.environment_id AND id = waiting.id
    OFFSET 0
  ) AS kept ON true
  ORDER BY waiting.id`,
);

const HANDED_ON = statement(
  'audit_handed_on',
  `
  DELETE FROM audit_outbox
  WHERE id = ANY ($1::uuid[])`,
);

const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Audit events in a table cut by day (adr/0007). */
@Injectable()
export class PostgresAuditEvents extends AuditEvents {
  constructor(private readonly database: Database) {
    super();
  }

  async record(events: readonly AuditEvent[]): Promise<void> {
    if (events.length > 0) await this.database.execute(RECORD, [recordValue(events)]);
  }

  async read(query: AuditQuery): Promise<readonly AuditEvent[]> {
    const { environmentId, clientId = null, sub, event = null, outcome = null, limit } = query;
    const { since = new Date(0), before = LAST_ID } = query;
    if (![environmentId, clientId ?? '', sub ?? '', outcome ?? ''].every(isKey) || !isUuid(before)) return [];
    const values = [environmentId, since, before, clientId, event, outcome, limit];
    const rows = await (sub === undefined
      ? this.database.query<AuditRow>(READ, values)
      : this.database.query<AuditRow>(READ_OF_USER, [...values, sub]));
    return rows.map(toAuditEvent);
  }

  async follow(followed: boolean): Promise<void> {
    await this.database.execute(followed ? FOLLOW : UNFOLLOW, [FOLLOWER]);
  }

  async handOn(most: number, take: (events: readonly AuditEvent[]) => Promise<void>): Promise<number | undefined> {
    const client = await this.database.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const [turn] = await run<{ mine: boolean }>(client, TAKE_TURN, [String(LONGEST_IN_HAND)]);
      const count = turn?.mine ? await handOnIn(client, most, take) : undefined;
      await client.query('COMMIT');
      return count;
    } catch (error) {
      await client.query('ROLLBACK').catch((error: Error) => {
        broken = error;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }
}

async function handOnIn(
  client: pg.PoolClient,
  most: number,
  take: (events: readonly AuditEvent[]) => Promise<void>,
): Promise<number> {
  const rows = await run<AuditRow & { waiting_id: string }>(client, WAITING, [most]);
  if (rows.length === 0) return 0;
  // Some may have been dropped with their day meanwhile.
  const events = rows.filter((row) => row.id !== null).map(toAuditEvent);
  if (events.length > 0) await take(events);
  await run(client, HANDED_ON, [rows.map((row) => row.waiting_id)]);
  return rows.length;
}

async function run<Row extends object>(client: pg.PoolClient, { name, text }: Statement, values: unknown[]) {
  return (await client.query<Row>({ name, text, values })).rows;
}
