import {
  type Flow,
  type FlowAndSession,
  type FlowStatus,
  type FlowStep,
  Flows,
  HandlePrefix,
  type NewFlow,
  type NewlySignedOn,
  newHandle,
  parseHandle,
  type SignOnStep,
} from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '../database/database.js';
import { gatheredLookup, gatheredWrite, locking } from '../database/gathered-statement.js';
import { statement } from '../database/statement.js';
import { given, isUuid } from '../database/values.js';
import { rememberConsent } from './consents.store.js';
import { type FoundSessionRow, foundSession, insertSession, selectSession } from './sessions.store.js';

// A row without a purpose was begun by the version before, which knew one (the migration every_grant).
const COLUMNS = `status, COALESCE(purpose, jsonb_build_object('kind', 'authorize', 'request', request)) AS purpose, browser_hash, session_id, user_id, signed_on_at, created_at, expires_at,
         resumed_at IS NOT NULL AS resumed`;

const BEGIN = gatheredWrite(
  'flow_begin',
  {
    ...{ id: 'uuid', environment_id: 'text', status: 'text', purpose: 'jsonb', browser_hash: 'bytea' },
    ...{ session_id: 'uuid', user_id: 'text', lifetime: 'float8' },
  },
  `
  INSERT INTO flow (id, environment_id, status, purpose, request, browser_hash, session_id, user_id, expires_at)
  SELECT id, environment_id, status, purpose, COALESCE(purpose -> 'request', '{}'), browser_hash, session_id, user_id,
         now() + make_interval(secs => lifetime)
  FROM asked`,
);

const FIND = gatheredLookup(
  'flow_find',
  { id: 'uuid', environment_id: 'text' },
  `
  SELECT ${COLUMNS}
  FROM flow
  WHERE id = asked.id AND environment_id = asked.environment_id AND expires_at > now()`,
);

const FIND_WITH_SESSION = gatheredLookup(
  'flow_find_with_session',
  { id: 'uuid', environment_id: 'text', sitting_id: 'uuid', idle: 'float8' },
  `
  SELECT ${COLUMNS}, sitting.*
  FROM flow
  LEFT JOIN LATERAL (
  ${selectSession('sitting_id')}
  ) AS sitting ON true
  WHERE id = asked.id AND flow.environment_id = asked.environment_id AND expires_at > now()`,
);

/** Which flow is to take which step; it must stand where the step begins. */
const STEP = {
  ...{ id: 'uuid', environment_id: 'text', from_status: 'text', to_status: 'text', lifetime: 'float8' },
  purpose: 'jsonb',
};

// Which of those that ask find their flow where their step begins. Rows are locked in the order of the flows' ids.
const STANDING = locking('standing', {
  orderedBy: 'id',
  table: 'flow',
  where: `id = asked.id AND environment_id = asked.environment_id AND status = asked.from_status
        AND expires_at > now() AND resumed_at IS NULL`,
});

// What was allowed is remembered with the step, and only if it is taken. The key is that of the consent where there is one, since a
// statement writes a row only once.
const ADVANCE = gatheredWrite(
  'flow_advance',
  {
    ...{ key: 'text', ...STEP, session_id: 'uuid', user_id: 'text', signed_on: 'boolean', forget: 'boolean' },
    ...{ consenting_id: 'text', client_id: 'text', scope: 'text[]' },
  },
  `
  , ${STANDING}, moved AS (
    UPDATE flow
    SET status = to_status,
        session_id = COALESCE(standing.session_id, CASE WHEN NOT forget THEN flow.session_id END),
        user_id = COALESCE(standing.user_id, CASE WHEN NOT forget THEN flow.user_id END),
        signed_on_at = CASE WHEN signed_on THEN now() WHEN NOT forget THEN signed_on_at END,
        purpose = COALESCE(standing.purpose, flow.purpose),
        expires_at = now() + make_interval(secs => lifetime)
    FROM standing
    WHERE flow.id = standing.id AND flow.id = ANY ($2::uuid[])
    RETURNING standing.*
  ), remembered AS (
    ${rememberConsent(`SELECT environment_id, consenting_id, client_id, scope
  FROM moved
  WHERE client_id IS NOT NULL
  ORDER BY key`)}
  )
  SELECT n
  FROM moved`,
);

// AZ-15: no session without its step. The handle of the one that is replaced is worth nothing from then on.
const SIGN_ON = gatheredWrite(
  'flow_sign_on',
  {
    ...{ ...STEP, session_id: 'uuid', secret_hash: 'bytea', user_id: 'text', acr: 'text', amr: 'text[]' },
    ...{ idle: 'float8', absolute: 'float8', replaces: 'uuid' },
  },
  `
  , ${STANDING}, moved AS (
    UPDATE flow
    SET status = to_status, purpose = standing.purpose, session_id = standing.session_id, user_id = standing.user_id,
        expires_at = now() + make_interval(secs => lifetime)
    FROM standing
    WHERE flow.id = standing.id AND flow.id = ANY ($1::uuid[])
    RETURNING standing.*
  ), ${locking('ending', {
    calls: 'moved',
    orderedBy: 'replaces',
    table: 'session',
    where: 'id = asked.replaces AND environment_id = asked.environment_id AND ended_at IS NULL',
  })}, replaced AS (
    UPDATE session
    SET ended_at = now()
    FROM ending
    WHERE session.id = ending.replaces AND session.id = ANY ($14::uuid[])
  ), opened AS (
    ${insertSession('session_id, environment_id, secret_hash, user_id, acr, amr', 'idle', 'absolute', 'FROM moved')}
    RETURNING id, auth_time
  )
  SELECT n, auth_time
  FROM moved JOIN opened ON opened.id = moved.session_id`,
);

const RESUME = statement(
  'flow_resume',
  `
  UPDATE flow
  SET resumed_at = now()
  WHERE id = $1 AND environment_id = $2 AND status IN ('COMPLETED', 'FAILED')
    AND expires_at > now() AND resumed_at IS NULL
  RETURNING ${COLUMNS}`,
);

interface FlowRow {
  readonly status: FlowStatus;
  readonly purpose: Flow['purpose'];
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly browser_hash: Uint8Array;
  readonly session_id: string | null;
  readonly user_id: string | null;
  readonly signed_on_at: Date | null;
  readonly resumed: boolean;
}

@Injectable()
export class PostgresFlows extends Flows {
  constructor(private readonly database: Database) {
    super();
  }

  async begin({ environmentId, status, purpose, browserHash, sessionId, userId, lifetime }: NewFlow): Promise<string> {
    const id = uuidv7();
    const reached = [JSON.stringify(purpose), browserHash, sessionId ?? null, userId ?? null];
    await this.database.call(BEGIN, [id, environmentId, status, ...reached, lifetime]);
    return id;
  }

  async find(environmentId: string, id: string): Promise<Flow | undefined> {
    if (!isUuid(id)) return undefined;
    const row = await this.database.call<FlowRow>(FIND, [id, environmentId]);
    return row && toFlow(environmentId, id, row);
  }

  async findWithSession(
    environmentId: string,
    id: string,
    cookie: string | undefined,
    idle: number,
  ): Promise<FlowAndSession | undefined> {
    const handle = cookie === undefined ? undefined : parseHandle(HandlePrefix.Session, cookie);
    if (!handle) {
      const flow = await this.find(environmentId, id);
      return flow && { flow };
    }
    if (!isUuid(id)) return undefined;
    const row = await this.database.call<FlowRow & (FoundSessionRow | { readonly session_user_id: null })>(
      FIND_WITH_SESSION,
      [id, environmentId, handle.id, idle],
    );
    if (!row) return undefined;
    const flow = toFlow(environmentId, id, row);
    if (row.session_user_id === null) return { flow };
    const session = await foundSession(this.database, environmentId, handle, idle, row);
    return { flow, ...(session && { session }) };
  }

  async advance(environmentId: string, id: string, from: FlowStatus, step: FlowStep): Promise<boolean> {
    if (!isUuid(id)) return false;
    const { to, sessionId, userId, signedOn = false, lifetime, purpose, forget = false, consent } = step;
    const key = consent ? JSON.stringify([environmentId, consent.userId, consent.clientId]) : id;
    const moved = await this.database.call(ADVANCE, [
      ...[key, id, environmentId, from, to, lifetime, purpose ? JSON.stringify(purpose) : null],
      ...[sessionId ?? null, userId ?? null, signedOn, forget],
      ...(consent ? [consent.userId, consent.clientId, consent.scope.toArray()] : [null, null, null]),
    ]);
    return moved !== undefined;
  }

  async signOn(
    environmentId: string,
    id: string,
    from: FlowStatus,
    { to, purpose, lifetime, session, replaces }: SignOnStep,
  ): Promise<NewlySignedOn | undefined> {
    if (!isUuid(id)) return undefined;
    const { userId, acr, amr, idle, absolute } = session;
    const { id: sessionId, handle, secretHash } = newHandle(HandlePrefix.Session);
    const row = await this.database.call<{ auth_time: Date }>(SIGN_ON, [
      ...[id, environmentId, from, to, lifetime, JSON.stringify(purpose)],
      ...[sessionId, secretHash, userId, acr, [...amr], idle, absolute, replaces ?? null],
    ]);
    const made = { id: sessionId, environmentId, userId, acr, amr: [...amr] };
    return row && { session: { ...made, authTime: row.auth_time }, handle };
  }

  async resume(environmentId: string, id: string): Promise<Flow | undefined> {
    if (!isUuid(id)) return undefined;
    const [row] = await this.database.query<FlowRow>(RESUME, [id, environmentId]);
    return row && toFlow(environmentId, id, row);
  }
}

function toFlow(environmentId: string, id: string, row: FlowRow): Flow {
  return {
    id,
    environmentId,
    status: row.status,
    purpose: row.purpose,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    browserHash: row.browser_hash,
    ...given('sessionId', row.session_id),
    ...given('userId', row.user_id),
    ...given('signedOnAt', row.signed_on_at),
    resumed: row.resumed,
  };
}
