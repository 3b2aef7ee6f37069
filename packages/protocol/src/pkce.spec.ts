import { codeChallenge, isPkceValue } from './pkce.js';

describe('PKCE', () => {
  it('RFC 7636 appendix B: the vector', () => {
    expect(codeChallenge('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk', 'S256')).toBe(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    );
  });

  it('RFC 7636 §4.6 plain is the verifier itself', () => {
    expect(codeChallenge('verifier', 'plain')).toBe('verifier');
  });

  it.each([
    ['43 characters', 'a'.repeat(43), true],
    ['128 characters', 'a'.repeat(128), true],
    ['every unreserved character', `ABCxyz019-._~${'a'.repeat(43)}`, true],
    ['42 characters', 'a'.repeat(42), false],
    ['129 characters', 'a'.repeat(129), false],
    ['one character (CVE-2026-41213)', 'a', false],
    ['nothing', '', false],
    ['a padding', `${'a'.repeat(43)}=`, false],
    ['a plus', `${'a'.repeat(43)}+`, false],
    ['a line break at the end', `${'a'.repeat(43)}\n`, false],
    ['a letter beyond ASCII', `${'a'.repeat(43)}é`, false],
  ])('CO-09 RFC 7636 §4.1 the grammar: %s', (_rule, value, valid) => {
    expect(isPkceValue(value)).toBe(valid);
  });
});
