import { ScopeSet } from './scope.js';

const scope = (text: string) => ScopeSet.parse(text)?.toArray();

describe('ScopeSet', () => {
  it.each([
    ['tokens apart by a space', 'openid orders:read', ['openid', 'orders:read']],
    ['each once', 'a b a', ['a', 'b']],
    ['case counts', 'Read read', ['Read', 'read']],
    ['every character the grammar has', '!#[]~ https://api.example/x', ['!#[]~', 'https://api.example/x']],
    ['nothing but spaces is nobody’s scope', '   ', []],
  ])('RFC 6749 §3.3 %s', (_rule, text, tokens) => {
    expect(scope(text)).toEqual(tokens);
  });

  it.each([
    ['a quote', 'a"b'],
    ['a backslash', 'a\\b'],
    ['a tab between tokens', 'a\tb'],
    ['a line break', 'a\nb'],
    ['a control character', 'a\x7f'],
    ['a letter beyond ASCII', 'é'],
    ['a token of 129 characters', 'a'.repeat(129)],
  ])('RFC 6749 §3.3 refuses %s', (_rule, text) => {
    expect(scope(text)).toBeUndefined();
  });

  it('AZ-18 a hundred tokens pass, one more does not', () => {
    const tokens = Array.from({ length: 101 }, (_, index) => `s${index}`);
    expect(scope(tokens.slice(0, 100).join(' '))).toHaveLength(100);
    expect(scope(tokens.join(' '))).toBeUndefined();
  });

  it('AZ-18 100 000 one-letter tokens are refused', () => {
    expect(scope('a '.repeat(100_000))).toBeUndefined();
  });

  it('house: is compared as a set', () => {
    const [small, large] = [ScopeSet.of('a', 'b'), ScopeSet.of('c', 'b', 'a')];
    expect(small.within(large)).toBe(true);
    expect(large.within(small)).toBe(false);
    expect(ScopeSet.EMPTY.within(small)).toBe(true);
    expect(large.intersect(small).toArray()).toEqual(['b', 'a']);
    expect(large.without('a', 'c').toArray()).toEqual(['b']);
    expect(small.union(['c']).toString()).toBe('a b c');
    expect(small.has('A')).toBe(false);
  });

  it('house: a set does not change', () => {
    const set = ScopeSet.of('a');
    set.union(['b']);
    set.without('a');
    (set.toArray() as string[]).push('c');
    expect([...set]).toEqual(['a']);
    expect(JSON.stringify(set)).toBe('["a"]');
  });
});
