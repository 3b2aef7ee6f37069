import { type AuditEvent, auditDocument, auditEventId, auditEventTime } from './audit-event.js';

describe('audit event ids', () => {
  it('RFC 9562 §5.7 are UUIDv7, and carry the moment', () => {
    const moment = Date.UTC(2026, 10, 21, 12, 0, 0, 123);
    const id = auditEventId(moment);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(auditEventTime({ id }).getTime()).toBe(moment);
    expect(auditEventTime({ id: auditEventId(0) }).getTime()).toBe(0);
  });

  it('RFC 9562 §6.2 stand in the order of their making, and differ, however many a millisecond has', () => {
    const ids = Array.from({ length: 4_000 }, () => auditEventId(1_000));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set([...ids, ...Array.from({ length: 4_000 }, () => auditEventId(1_000))]).size).toBe(8_000);
  });
});

describe('auditDocument', () => {
  it('house: named as the claims are, and nothing that is not there', () => {
    const event: AuditEvent = {
      ...{ id: auditEventId(0), environmentId: 'acme', event: 'token.issue', outcome: 'ok', clientId: 'shop' },
    };
    expect(auditDocument(event)).toEqual({
      ...{ id: event.id, time: '1970-01-01T00:00:00.000Z', environment: 'acme' },
      ...{ event: 'token.issue', outcome: 'ok', client_id: 'shop' },
    });
  });
});
