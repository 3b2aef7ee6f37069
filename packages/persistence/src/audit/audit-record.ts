import type { AuditEvent, AuditEventName } from '@grantway/domain';
import { outdent, statement } from '../database/statement.js';
import { given, isUuid } from '../database/values.js';

/** Characters; what is longer is somebody's attempt at something. */
const LONGEST = 1_000;
const LONGEST_LIST = 200;
const DEEPEST = 4;
/** NUL, and half a surrogate pair. */
const UNSTORABLE = /[\0\p{Cs}]/gu;
/** The same in JSON, or a text that looks as if. */
const ESCAPED = /\\u(?:0000|d[89a-f])/i;

const COLUMNS = {
  id: 'uuid',
  environment_id: 'text',
  event: 'text',
  outcome: 'text',
  reason: 'text',
  client_id: 'text',
  sub: 'text',
  actor: 'text',
  ip: 'text',
  request_id: 'text',
  grant_type: 'text',
  scope: 'text',
  authorization_id: 'uuid',
  session_id: 'uuid',
  detail: 'jsonb',
} as const;

/** What a statement that reads events selects. */
export const AUDIT_COLUMNS = Object.keys(COLUMNS).join(', ');

/**
 * However many they are; one value, so that a transaction of Prisma's can write them as well. An event that is there already stays: it
 * was written by an attempt whose answer was lost.
 */
export const RECORD = statement(
  'audit_record',
  outdent(`
  WITH written AS (
    INSERT INTO audit_event (${AUDIT_COLUMNS})
    SELECT ${AUDIT_COLUMNS}
    FROM json_to_recordset($1::json) AS given(
      ${Object.entries(COLUMNS)
        .map(([name, type]) => `${name} ${type}`)
        .join(', ')}
    )
    ON CONFLICT DO NOTHING
    RETURNING id, environment_id
  )
  INSERT INTO audit_outbox (id, environment_id)
  SELECT id, environment_id
  FROM written
  WHERE EXISTS (SELECT FROM audit_follower)`),
);

export interface AuditRow {
  readonly id: string;
  readonly environment_id: string;
  readonly event: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly client_id: string | null;
  readonly sub: string | null;
  readonly actor: string | null;
  readonly ip: string | null;
  readonly request_id: string | null;
  readonly grant_type: string | null;
  readonly scope: string | null;
  readonly authorization_id: string | null;
  readonly session_id: string | null;
  readonly detail: Record<string, unknown> | null;
}

/** The value of {@link RECORD}. One look at all of it tells whether there is anything PostgreSQL would not take: nearly never. */
export function recordValue(events: readonly AuditEvent[]): string {
  const value = JSON.stringify(events.map((event) => toRow(event, cut)));
  return ESCAPED.test(value) ? JSON.stringify(events.map((event) => toRow(event, storable))) : value;
}

/** Only what is there: what is left out becomes null. */
function toRow(event: AuditEvent, text: (value: string | undefined) => string | undefined) {
  return {
    id: event.id,
    environment_id: event.environmentId,
    event: event.event,
    outcome: event.outcome,
    reason: text(event.reason),
    client_id: text(event.clientId),
    sub: text(event.sub),
    actor: text(event.actor),
    ip: text(event.ip),
    request_id: text(event.requestId),
    grant_type: text(event.grantType),
    scope: text(event.scope),
    authorization_id: idOrNothing(event.authorizationId),
    session_id: idOrNothing(event.sessionId),
    detail: event.detail && storableDetail(event.detail),
  };
}

export function toAuditEvent(row: AuditRow): AuditEvent {
  return {
    id: row.id,
    environmentId: row.environment_id,
    // Or of a version that knows more; it is handed on and shown all the same.
    event: row.event as AuditEventName,
    outcome: row.outcome,
    ...given('reason', row.reason),
    ...given('clientId', row.client_id),
    ...given('sub', row.sub),
    ...given('actor', row.actor),
    ...given('ip', row.ip),
    ...given('requestId', row.request_id),
    ...given('grantType', row.grant_type),
    ...given('scope', row.scope),
    ...given('authorizationId', row.authorization_id),
    ...given('sessionId', row.session_id),
    ...given('detail', row.detail),
  };
}

function cut(text: string | undefined): string | undefined {
  return text !== undefined && text.length > LONGEST ? text.slice(0, LONGEST) : text;
}

/** One event with a text that PostgreSQL does not take would cost those beside it their place. */
function storable(text: string | undefined): string | undefined {
  return cut(text)?.replaceAll(UNSTORABLE, '\ufffd');
}

function storableDetail(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return storable(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEEPEST) return undefined;
  if (Array.isArray(value)) return value.slice(0, LONGEST_LIST).map((each) => storableDetail(each, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, storableDetail(each, depth + 1)]));
}

function idOrNothing(text: string | undefined): string | undefined {
  return text !== undefined && isUuid(text) ? text : undefined;
}
