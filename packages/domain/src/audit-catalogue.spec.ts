import { readFileSync } from 'node:fs';
import { AUDIT_EVENTS, isAuditEventName, isKept } from './audit-catalogue.js';

const manual = readFileSync(new URL('../../../docs/audit.md', import.meta.url), 'utf8');

describe('the catalogue of events', () => {
  it.each(Object.entries(AUDIT_EVENTS))('house: docs/audit.md explains %s', (name, { meaning }) => {
    expect(manual).toContain(`| \`${name}\` | ${meaning} |`);
  });

  it('house: docs/audit.md explains nothing else', () => {
    const rows = manual.match(/^\| `[a-z_]+\.[a-z_]+` \|/gm) ?? [];
    expect(rows).toHaveLength(Object.keys(AUDIT_EVENTS).length);
  });

  it.each([
    ['token.issue', 'ok', true],
    ['token.issue', 'invalid_grant', true],
    ['token.issue', 'authorization_pending', false],
    ['token.issue', 'slow_down', false],
    ['token.issue', 'temporarily_unavailable', false],
    ['token.introspect', 'ok', false],
    ['token.introspect', 'invalid_client', true],
    ['backchannel.notify', 'given_up', true],
  ] as const)('house: %s, %s: kept %j', (event, outcome, kept) => {
    expect(isKept(event, outcome)).toBe(kept);
  });

  it('house: a name is one of them or none', () => {
    expect(['token.issue', 'token.isue', 'toString', ''].map(isAuditEventName)).toEqual([true, false, false, false]);
  });
});
