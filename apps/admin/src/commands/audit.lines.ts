import { type AuditEvent, auditDocument, auditEventTime } from '@grantway/domain';

/** What needs no quotes, and cannot do anything to a terminal. */
const PLAIN = /^[\w.:/@+-]+$/;

/** One line a person can read: when, what, how it ended and why, who, and for which client. */
export function lineOf(event: AuditEvent): string {
  const { reason, outcome } = event;
  const { detail } = event;
  const words: [name: string, value: unknown][] = [
    ['client', event.clientId],
    ['user', event.sub],
    ['by', event.actor],
    ['grant', event.grantType],
    ['scope', event.scope],
    ...Object.entries(detail ?? {}),
    ['ip', event.ip],
    ['authorization', event.authorizationId],
    ['session', event.sessionId],
    ['request', event.requestId],
  ];
  const told = words.flatMap(([name, value]) => (value === undefined ? [] : [`${shown(name)}=${shown(value)}`]));
  const end = reason === undefined ? shown(outcome) : `${shown(outcome)} (${shown(reason)})`;
  return [auditEventTime(event).toISOString(), shown(event.event), end, ...told].join('  ');
}

/** For programs; the shape that is on the stream. */
export function jsonOf(event: AuditEvent): string {
  return JSON.stringify(auditDocument(event));
}

/** What somebody sent may be in it: on one line, and as text alone. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (PLAIN.test(text)) return text;
  const quoted = typeof value === 'string' ? JSON.stringify(text) : text;
  return quoted.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}
