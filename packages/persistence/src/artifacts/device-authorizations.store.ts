import {
  type Authorization,
  type DeviceAuthorization,
  DeviceAuthorizations,
  type DevicePoll,
  HandlePrefix,
  hashSecret,
  type NewDeviceAuthorization,
  newHandle,
  parseHandle,
  SLOW_DOWN_STEP,
} from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { gatheredWrite } from '../database/gathered-statement.js';
import { type Statement, statement } from '../database/statement.js';
import { given, isUuid } from '../database/values.js';
import {
  AUTHORIZATION_COLUMNS,
  type AuthorizationRow,
  authorizationValues,
  toAuthorization,
} from './authorization-columns.js';

/** Expired user codes a start takes away, so that the table holds what is open and little more. */
const SWEPT_AT_ONCE = 5;

// Who takes an expired code over must not sweep it as well. The cap is counted before this statement began, so starts at the
// very same moment may pass it by their number.
const START = statement(
  'device_start',
  `
  WITH swept AS (
    DELETE FROM device_user_code
    WHERE (environment_id, code_hash) IN (
      SELECT environment_id, code_hash
      FROM device_user_code
      WHERE expires_at <= now() AND code_hash <> $4
      LIMIT ${SWEPT_AT_ONCE}
      FOR UPDATE SKIP LOCKED)
  ), pending AS (
    SELECT count(*) AS open
    FROM device_user_code
    WHERE environment_id = $2 AND client_id = $3 AND expires_at > now()
  ), claimed AS (
    INSERT INTO device_user_code AS taken (environment_id, client_id, code_hash, device_authorization_id, expires_at)
    SELECT $2, $3, $4::bytea, $1::uuid, now() + make_interval(secs => $9)
    FROM pending
    WHERE open < $11
    ON CONFLICT (environment_id, code_hash) DO UPDATE
    SET client_id = excluded.client_id,
        device_authorization_id = excluded.device_authorization_id,
        expires_at = excluded.expires_at
    WHERE taken.expires_at <= now()
    RETURNING 1
  ), started AS (
    INSERT INTO device_authorization
      (id, environment_id, client_id, secret_hash, asked_scope, asked_resources, code_challenge, expires_at, interval)
    SELECT $1::uuid, $2, $3, $5::bytea, $6::text[], $7::text[], $8, now() + make_interval(secs => $9), $10::int
    FROM claimed
    RETURNING 1
  )
  SELECT EXISTS (SELECT FROM started) AS started, open >= $11 AS full
  FROM pending`,
);

const OPEN_COLUMNS = 'device.id, device.client_id, device.asked_scope, device.asked_resources';

const FIND_BY_USER_CODE = statement(
  'device_find_by_user_code',
  `
  SELECT ${OPEN_COLUMNS}
  FROM device_user_code code
  JOIN device_authorization device ON device.id = code.device_authorization_id
  WHERE code.environment_id = $1 AND code.code_hash = $2 AND code.expires_at > now()
    AND device.environment_id = $1 AND device.decision IS NULL AND device.expires_at > now()`,
);

const FIND = statement(
  'device_find',
  `
  SELECT ${OPEN_COLUMNS}
  FROM device_authorization device
  WHERE id = $1 AND environment_id = $2 AND decision IS NULL AND expires_at > now()`,
);

// RFC 8628 §3.5. The lock makes of parallel polls a sequence, each of which sees what the one before it counted. Only a pending
// poll is counted; the others only read.
const POLL = gatheredWrite(
  'device_poll',
  { id: 'uuid', environment_id: 'text', client_id: 'text', secret_hash: 'bytea' },
  `
  , polled AS (
    SELECT asked.n, device.*
    FROM asked
    CROSS JOIN LATERAL (
      SELECT id,
             ${AUTHORIZATION_COLUMNS},
             code_challenge, authorization_id,
             (extract(epoch FROM now() - spent_at) * 1000)::float8 AS spent_ago,
             CASE WHEN spent_at IS NOT NULL THEN 'spent'
                  WHEN decision = 'denied' THEN 'denied'
                  WHEN expires_at <= now() THEN 'expired'
                  ELSE COALESCE(decision, 'pending') END AS state,
             COALESCE(next_poll_at > now(), false) AS too_soon,
             interval + CASE WHEN next_poll_at > now() THEN ${SLOW_DOWN_STEP} ELSE 0 END AS interval
      FROM device_authorization
      WHERE id = asked.id AND environment_id = asked.environment_id AND client_id = asked.client_id
        AND secret_hash = asked.secret_hash
      FOR UPDATE
    ) AS device
  ), counted AS (
    UPDATE device_authorization device
    SET interval = polled.interval,
        next_poll_at = now() + make_interval(secs => polled.interval)
    FROM polled
    WHERE device.id = polled.id AND device.id = ANY ($1::uuid[]) AND polled.state = 'pending'
  )
  SELECT * FROM polled`,
);

// Approve and deny at the same moment: one finds it undecided.
const decide = (name: string, set: string) =>
  statement(
    name,
    `
  WITH decided AS (
    UPDATE device_authorization
    SET ${set},
        decided_at = now()
    WHERE id = $1 AND environment_id = $2 AND decision IS NULL AND expires_at > now()
    RETURNING id
  ), freed AS (
    DELETE FROM device_user_code
    USING decided
    WHERE device_authorization_id = decided.id
  )
  SELECT id FROM decided`,
  );

const APPROVE = decide(
  'device_approve',
  `decision = 'approved',
        (${AUTHORIZATION_COLUMNS}) =
          ($3, $4, $5::text[], $6::text[], $7::timestamptz, $8, $9::text[], $10::uuid)`,
);
const DENY = decide('device_deny', "decision = 'denied'");

interface OpenRow {
  readonly id: string;
  readonly client_id: string;
  readonly asked_scope: string[];
  readonly asked_resources: string[];
}

interface PolledRow extends AuthorizationRow {
  readonly state: DevicePoll['state'];
  readonly too_soon: boolean;
  readonly interval: number;
  readonly code_challenge: string | null;
  readonly authorization_id: string | null;
  readonly spent_ago: number | null;
}

@Injectable()
export class PostgresDeviceAuthorizations extends DeviceAuthorizations {
  constructor(private readonly database: Database) {
    super();
  }

  async start(request: NewDeviceAuthorization, mostPending: number): ReturnType<DeviceAuthorizations['start']> {
    const { id, handle, secretHash } = newHandle(HandlePrefix.DeviceCode);
    const [row] = await this.database.query<{ started: boolean; full: boolean }>(START, [
      id,
      request.environmentId,
      request.clientId,
      request.userCodeHash,
      secretHash,
      [...request.scope],
      [...request.resources],
      request.codeChallenge ?? null,
      request.lifetime,
      request.interval,
      mostPending,
    ]);
    if (row?.started) return { deviceCode: handle };
    return { refused: row?.full ? 'too_many_pending' : 'user_code_taken' };
  }

  async findByUserCode(environmentId: string, userCodeHash: Uint8Array): Promise<DeviceAuthorization | undefined> {
    return this.#open(environmentId, FIND_BY_USER_CODE, [environmentId, userCodeHash]);
  }

  async find(environmentId: string, id: string): Promise<DeviceAuthorization | undefined> {
    return isUuid(id) ? this.#open(environmentId, FIND, [id, environmentId]) : undefined;
  }

  async poll(environmentId: string, deviceCode: string, clientId: string): Promise<DevicePoll> {
    const handle = parseHandle(HandlePrefix.DeviceCode, deviceCode);
    if (!handle) return { state: 'unknown' };
    const { id, secret } = handle;
    const row = await this.database.call<PolledRow>(POLL, [id, environmentId, clientId, hashSecret(secret)]);
    return row ? toPoll(id, row) : { state: 'unknown' };
  }

  async decide(environmentId: string, id: string, approved: Authorization | undefined): Promise<boolean> {
    if (!isUuid(id)) return false;
    const rows = approved
      ? await this.database.query(APPROVE, [id, environmentId, ...authorizationValues(approved)])
      : await this.database.query(DENY, [id, environmentId]);
    return rows.length === 1;
  }

  async #open(environmentId: string, read: Statement, values: unknown[]): Promise<DeviceAuthorization | undefined> {
    const [row] = await this.database.query<OpenRow>(read, values);
    if (!row) return undefined;
    return {
      id: row.id,
      environmentId,
      clientId: row.client_id,
      scope: row.asked_scope,
      resources: row.asked_resources,
    };
  }
}

function toPoll(id: string, row: PolledRow): DevicePoll {
  switch (row.state) {
    case 'pending':
      return { state: 'pending', tooSoon: row.too_soon, interval: row.interval };
    case 'approved':
      return {
        state: 'approved',
        id,
        authorization: toAuthorization(row),
        ...given('codeChallenge', row.code_challenge),
      };
    case 'spent':
      // Both were written by the statement that spent it (authorization_redeem_device_authorization).
      return { state: 'spent', authorizationId: row.authorization_id ?? '', ago: row.spent_ago ?? 0 };
    default:
      return { state: row.state };
  }
}
