import { expiringId } from './expiring-id.js';

const NOON = new Date('2026-11-21T12:00:00.000Z');

describe('expiringId', () => {
  it('house: it is a UUIDv7 whose time is the expiry', () => {
    const id = expiringId(NOON, 'acme', 'app', 'jti-1');
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(NOON.getTime());
  });

  it('house: later expiry sorts later, so that it lies in a later partition', () => {
    const later = expiringId(new Date(NOON.getTime() + 1), 'acme', 'app', 'jti-1');
    expect(later > expiringId(NOON, 'acme', 'app', 'jti-1')).toBe(true);
  });

  it('CA-07 the same is the same, at every replica', () => {
    expect(expiringId(NOON, 'acme', 'app', 'jti-1')).toBe(expiringId(new Date(NOON), 'acme', 'app', 'jti-1'));
  });

  it.each([
    ['another environment', ['beta', 'app', 'jti-1']],
    ['another owner', ['acme', 'other', 'jti-1']],
    ['another jti', ['acme', 'app', 'jti-2']],
    ['a part more', ['acme', 'app', 'jti-1', '']],
    ['the same text cut elsewhere', ['acme', 'ap', 'pjti-1']],
    ['a separator inside', ['acme', 'app|jti-1']],
    ['a quotation mark inside', ['acme', 'app","jti-1']],
  ])('CA-07 %s is another id', (_what, parts) => {
    expect(expiringId(NOON, ...parts)).not.toBe(expiringId(NOON, 'acme', 'app', 'jti-1'));
  });
});
