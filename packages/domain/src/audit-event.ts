import { randomUUID } from 'node:crypto';
import type { AuditEventName } from './audit-catalogue.js';

/** Something that happened and is kept: who did what, for which client, and why it was refused. Never a secret. */
export interface AuditEvent {
  /** A UUIDv7: it carries the moment, and is the message id on the stream. */
  readonly id: string;
  readonly environmentId: string;
  readonly event: AuditEventName;
  /** `ok`, or the code it was refused with. */
  readonly outcome: string;
  /** Why, in our own words; a client is not told. */
  readonly reason?: string;
  /** The client that proved to be this one, or was named and could not prove it. */
  readonly clientId?: string;
  /** The user, or the service account, it was about. */
  readonly sub?: string;
  /** The administrator who did it. */
  readonly actor?: string;
  readonly ip?: string;
  readonly requestId?: string;
  readonly grantType?: string;
  /** The granted scope, as one text. */
  readonly scope?: string;
  readonly authorizationId?: string;
  readonly sessionId?: string;
  /** What only this kind of event has. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Which events of one environment; a field that is absent asks for nothing. */
export interface AuditQuery {
  readonly environmentId: string;
  readonly clientId?: string;
  readonly sub?: string;
  readonly event?: AuditEventName;
  /** `refused` is everything but `ok`. */
  readonly outcome?: string;
  readonly since?: Date;
  /** The id of an event: only what is older. */
  readonly before?: string;
  readonly limit: number;
}

/** What happened, kept for a while and readable by environment. */
export abstract class AuditEvents {
  /** Keeps all of them or none. Repeating it is no error, and keeps nothing twice. */
  abstract record(events: readonly AuditEvent[]): Promise<void>;

  /** The newest first, of this environment alone. */
  abstract read(query: AuditQuery): Promise<readonly AuditEvent[]>;

  /** Whether what is recorded from now on is also to be handed on. What waits to be handed on is forgotten when it is not. */
  abstract follow(followed: boolean): Promise<void>;

  /**
   * Hands on the oldest of what was not handed on yet, and forgets that it was to be once `take` is done. Of all processes one
   * does it at a time. What `take` was given comes again when it fails, or the process dies over it.
   *
   * @returns how many there were; undefined while another process does it
   */
  abstract handOn(most: number, take: (events: readonly AuditEvent[]) => Promise<void>): Promise<number | undefined>;
}

let lastMoment = 0;
let nth = 0;

/**
 * A UUIDv7 whose order is that of its making within this process (RFC 9562 §6.2, method 1).
 *
 * @param moment milliseconds since 1970
 */
export function auditEventId(moment: number): string {
  nth = moment === lastMoment ? Math.min(nth + 1, 0xfff) : 0;
  lastMoment = moment;
  const time = moment.toString(16).padStart(12, '0');
  // What a UUIDv4 has behind its version is the variant and 62 random bits, which is what a UUIDv7 has there.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${nth.toString(16).padStart(3, '0')}${randomUUID().slice(18)}`;
}

/** When it happened, by the clock of the process that saw it. */
export function auditEventTime({ id }: Pick<AuditEvent, 'id'>): Date {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}

/** An event as those outside see it, on the stream and as JSON of the command. */
export function auditDocument(event: AuditEvent): Record<string, unknown> {
  const fields = {
    id: event.id,
    time: auditEventTime(event).toISOString(),
    environment: event.environmentId,
    event: event.event,
    outcome: event.outcome,
    reason: event.reason,
    client_id: event.clientId,
    sub: event.sub,
    actor: event.actor,
    ip: event.ip,
    request_id: event.requestId,
    grant_type: event.grantType,
    scope: event.scope,
    authorization_id: event.authorizationId,
    sid: event.sessionId,
    detail: event.detail,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
