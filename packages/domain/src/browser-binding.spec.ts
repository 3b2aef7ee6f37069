import { bindBrowser, csrfToken, isBoundTo, isCsrfToken } from './browser-binding.js';

const FLOW = '01a1f000-0000-7000-8000-000000000001';
const OTHER_FLOW = '01a1f000-0000-7000-8000-000000000002';

describe('browser binding', () => {
  it('CVE-2022-39222 the browser that began it, and no other', () => {
    const { cookie, hash } = bindBrowser(undefined);
    expect(isBoundTo(hash, cookie)).toBe(true);
    expect(isBoundTo(hash, bindBrowser(undefined).cookie)).toBe(false);
    expect(isBoundTo(hash, undefined)).toBe(false);
  });

  it('house: a browser keeps its binding, so that its tabs do not fight', () => {
    const first = bindBrowser(undefined);
    expect(bindBrowser(first.cookie)).toEqual(first);
  });

  it.each(['', 'short', 'a'.repeat(42), 'a'.repeat(44), `${'a'.repeat(42)}\n`, `${'a'.repeat(42)}é`])(
    'SE-03 "%s" is no binding of ours: another is made, and it is bound to nothing',
    (cookie) => {
      const { cookie: made, hash } = bindBrowser(cookie);
      expect(made).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect(made).not.toBe(cookie);
      expect(isBoundTo(hash, cookie)).toBe(false);
    },
  );

  it('CO-11 only its hash is stored', () => {
    const { cookie, hash } = bindBrowser(undefined);
    expect(hash).toHaveLength(32);
    expect(hash.toString('base64url')).not.toBe(cookie);
  });
});

describe('CSRF token', () => {
  const [ours, theirs] = [bindBrowser(undefined).cookie, bindBrowser(undefined).cookie];
  const token = csrfToken(ours, FLOW);

  it('AZ-15 fits its flow in its browser, every time', () => {
    expect(isCsrfToken(token, ours, FLOW)).toBe(true);
    expect(csrfToken(ours, FLOW)).toBe(token);
  });

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['another browser’s', csrfToken(theirs, FLOW)],
    ['another flow’s', csrfToken(ours, OTHER_FLOW)],
    ['one cut short', token.slice(0, -1)],
    ['one too long', `${token}A`],
    ['one with another end', token.slice(0, -1) + (token.endsWith('A') ? 'E' : 'A')],
    ['the binding itself', ours],
    ['one beyond ASCII', 'é'.repeat(43)],
  ])('AZ-15 %s is refused', (_what, presented) => {
    expect(isCsrfToken(presented, ours, FLOW)).toBe(false);
  });
});
