import type { HttpCall } from '@grantway/contracts';
import { AUDIT_EVENTS, AuditEvent, AuditEventName, auditEventId, isKept } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import type { AuditRecorder } from '../audit/audit-recorder.js';
import { Logger } from './logger.js';
import { withoutSecrets } from './secrets.js';

/** What is said of an event beside the frame of its request, named as the claims are. */
export interface EventFields {
  readonly client_id?: string | undefined;
  readonly sub?: string | undefined;
  readonly grant_type?: string | undefined;
  /** The granted scope. */
  readonly scope?: string | undefined;
  /** The authorization that tokens came of, or that ended. */
  readonly authorization_id?: string | undefined;
  /** The session's id. */
  readonly sid?: string | undefined;
  /** Why, where it went well all the same. */
  readonly reason?: string | undefined;
  /** What only this kind of event has. */
  readonly [more: string]: unknown;
}

/** What an event is told without: it concerns no request of anybody's. */
type Frame = Pick<HttpCall, 'environmentId'> & Partial<Pick<HttpCall, 'requestId' | 'ip'>>;

/** What happened to a request, for whoever reads the log and the audit events later: never a secret, always the request's id. */
export class EventLog {
  /** @param audit absent: there are lines in the log alone */
  constructor(
    private readonly logger: Logger,
    private readonly audit?: AuditRecorder,
  ) {}

  /** A client's or a person's mistake: information, not an alarm. Where it is ours and we know what caused it, an error. */
  refused(call: Frame, event: AuditEventName, error: OAuthError, fields: EventFields = {}): void {
    const { reason = error.detail.description, cause, about } = error.detail;
    const level = error.status >= 500 && cause !== undefined ? 'error' : 'info';
    const said = { ...about, ...withoutGaps(fields), reason };
    this.logger[level](
      { ...frame(call), event, ...said, outcome: error.code, ...(cause ? { err: cause } : {}) },
      'refused',
    );
    this.#keep(call, event, error.code, said);
  }

  /** @param outcome where it went well, and not as it should have */
  done(call: Frame, event: AuditEventName, fields: EventFields = {}, outcome: 'ok' | 'given_up' = 'ok'): void {
    this.logger[outcome === 'ok' ? 'info' : 'error'](
      { ...frame(call), event, ...fields, outcome },
      outcome === 'ok' ? AUDIT_EVENTS[event].said : outcome,
    );
    this.#keep(call, event, outcome, fields);
  }

  #keep(call: Frame, event: AuditEventName, outcome: string, fields: EventFields): void {
    const { audit } = this;
    if (!audit || !isKept(event, outcome) || !audit.wants(event, outcome)) return;
    const { environmentId, requestId, ip } = call;
    const moment = Date.now();
    audit.add(() => auditEvent({ moment, environmentId, requestId, ip, event, outcome, fields }));
  }
}

function frame({ environmentId, requestId, ip }: Frame) {
  return { environment: environmentId, request_id: requestId, ip };
}

/** What a caller does not know is not to hide what the error knows. */
function withoutGaps(fields: EventFields): EventFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

interface Happened {
  readonly moment: number;
  readonly environmentId: string;
  readonly requestId: string | undefined;
  readonly ip: string | undefined;
  readonly event: AuditEventName;
  readonly outcome: string;
  readonly fields: EventFields;
}

/** Only what has a name here, or is a word or a number of this kind of event alone; secret names among them are blanked. */
function auditEvent({ moment, environmentId, requestId, ip, event, outcome, fields }: Happened): AuditEvent {
  const { client_id, sub, grant_type, scope, authorization_id, sid, reason, ...more } = fields;
  const detail = detailOf(more);
  return {
    id: auditEventId(moment),
    environmentId,
    event,
    outcome,
    ...(reason !== undefined && { reason }),
    ...(client_id !== undefined && { clientId: client_id }),
    ...(sub !== undefined && { sub }),
    ...(ip !== undefined && { ip }),
    ...(requestId !== undefined && { requestId }),
    ...(grant_type !== undefined && { grantType: grant_type }),
    ...(scope !== undefined && { scope }),
    ...(authorization_id !== undefined && { authorizationId: authorization_id }),
    ...(sid !== undefined && { sessionId: sid }),
    ...(detail && { detail }),
  };
}

function detailOf(more: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  let detail: Record<string, unknown> | undefined;
  for (const name in more) {
    if (!PLAIN.has(typeof more[name])) continue;
    detail ??= {};
    detail[name] = more[name];
  }
  return detail && (withoutSecrets(detail) as Readonly<Record<string, unknown>>);
}

const PLAIN: ReadonlySet<string> = new Set(['string', 'number', 'boolean']);
