import type { UserCodeFormat } from './environment.js';
import { isShortUserCode, UserCodes, userCodeLifetime } from './user-code.js';

const codes = new UserCodes(Buffer.alloc(32, 1));
const eight: UserCodeFormat = { characters: 'consonants', length: 8 };
const sixLetters: UserCodeFormat = { characters: 'letters', length: 6 };

describe('user codes, RFC 8628 §6.1', () => {
  it.each([
    [eight, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/],
    [sixLetters, /^[A-Z]{6}$/],
    [{ characters: 'digits', length: 9 }, /^\d{3}-\d{3}-\d{3}$/],
    [{ characters: 'letters', length: 7 }, /^[A-Z]{4}-[A-Z]{3}$/],
    [{ characters: 'consonants', length: 12 }, /^\w{4}-\w{4}-\w{4}$/],
  ] as const)('§6.1 %j is drawn as %s', (format, shape) => {
    expect(codes.draw(format)).toMatch(shape);
  });

  it('DV-01 every character is as likely as any other, at every place', () => {
    const drawn = 20_000;
    const seen = Array.from({ length: 8 }, () => new Map<string, number>());
    for (let times = 0; times < drawn; times++) {
      const code = codes.canonical(codes.draw(eight));
      for (const [place, character] of [...code].entries()) {
        seen[place]?.set(character, (seen[place]?.get(character) ?? 0) + 1);
      }
    }
    for (const counts of seen) {
      expect(counts.size).toBe(20);
      const expected = drawn / 20;
      const chi = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      // 19 degrees of freedom: a fair draw passes all but once in a million million.
      expect(chi).toBeLessThan(100);
    }
  });

  it('house: the whole alphabet is drawn from, its ends too', () => {
    const first = new UserCodes(Buffer.alloc(32), () => 0);
    const last = new UserCodes(Buffer.alloc(32), (limit) => limit - 1);
    expect([first.draw(eight), last.draw(eight)]).toEqual(['BBBB-BBBB', 'ZZZZ-ZZZZ']);
    expect([first.draw(sixLetters), last.draw(sixLetters)]).toEqual(['AAAAAA', 'ZZZZZZ']);
  });

  it.each([
    ['case', 'wdjb-mjht'],
    ['no hyphen', 'WDJBMJHT'],
    ['spaces', ' WDJB  MJHT '],
    ['a no-break space', 'WDJB\u00a0MJHT'],
    ['an en dash', 'WDJB–MJHT'],
    ['an em dash', 'WDJB—MJHT'],
    ['a minus sign', 'WDJB−MJHT'],
    ['a soft hyphen', 'WDJB\u00adMJHT'],
    ['a zero-width space', 'WDJB\u200bMJHT'],
    ['full-width letters', 'ＷＤＪＢ－ＭＪＨＴ'],
  ])('D7 %s is forgiven', (_what, typed) => {
    expect(codes.canonical(typed)).toBe('WDJBMJHT');
  });

  it.each(['WDJB-MJHX', 'WDJB-MJH', 'WDJB.MJHT', 'WDJB_MJHT'])('D7 %s is another code', (typed) => {
    expect(codes.canonical(typed)).not.toBe('WDJBMJHT');
  });

  it('CO-11 MT-01 the hash needs the key and belongs to one environment', () => {
    const hash = codes.hash('acme', 'WDJBMJHT');
    expect(codes.hash('acme', 'WDJBMJHT')).toEqual(hash);
    expect(hash).toHaveLength(32);
    expect(codes.hash('other', 'WDJBMJHT')).not.toEqual(hash);
    expect(codes.hash('acme', 'WDJBMJHX')).not.toEqual(hash);
    expect(new UserCodes(Buffer.alloc(32, 2)).hash('acme', 'WDJBMJHT')).not.toEqual(hash);
  });

  it.each([
    [eight, false, 600],
    [sixLetters, true, 300],
    [{ characters: 'digits', length: 9 }, true, 300],
    [{ characters: 'digits', length: 10 }, false, 600],
  ] as const)('DV-01 %j: short %s, open at most %d of 600 s', (format, short, lifetime) => {
    expect(isShortUserCode(format)).toBe(short);
    expect(userCodeLifetime(format, 600)).toBe(lifetime);
    expect(userCodeLifetime(format, 60)).toBe(60);
  });
});
