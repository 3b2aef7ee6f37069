import fc from 'fast-check';
import { MalformedParams, readParams } from './strict-params.js';

const read = (text: string | Uint8Array) => ({ ...readParams(text) });

describe('strict parameters', () => {
  it.each([
    ['', {}],
    ['a=1&b=2', { a: ['1'], b: ['2'] }],
    ['a=1&a=2&b=&a=3', { a: ['1', '2', '3'], b: [''] }],
    ['a', { a: [''] }],
    ['=1', { '': ['1'] }],
    ['a=b=c', { a: ['b=c'] }],
    ['&&a=1&', { a: ['1'] }],
    ['a+b=%2B+%26%3D', { 'a b': ['+ &='] }],
    ['a=%C3%A9%F0%9F%98%80', { a: ['é\u{1F600}'] }],
    ['a[b]=1&a.c=2', { 'a[b]': ['1'], 'a.c': ['2'] }],
    ['a=1;b=2', { a: ['1;b=2'] }],
  ])('WHATWG URL §5.1 "%s"', (text, params) => {
    expect(read(text)).toEqual(params);
    expect(read(Buffer.from(text))).toEqual(params);
  });

  it.each([
    ['a NUL', 'a=%00'],
    ['a NUL in a name', 'a%00b=1'],
    ['a raw NUL', 'a=\0'],
    ['a broken escape', 'a=%zz'],
    ['half an escape', 'a=%4'],
    ['a lone percent', '100%=1'],
    ['an escaped half of a character', 'a=%C3'],
    ['an escaped overlong character', 'a=%C0%AF'],
    ['an escaped surrogate', 'a=%ED%A0%80'],
  ])('HT-01 %s is an error, not a guess', (_what, text) => {
    expect(() => readParams(text)).toThrow(MalformedParams);
    expect(() => readParams(Buffer.from(text))).toThrow(MalformedParams);
  });

  it.each([
    ['a lone byte', [0x61, 0x3d, 0xff]],
    ['a surrogate', [0x61, 0x3d, 0xed, 0xa0, 0x80]],
    ['an overlong slash', [0x61, 0x3d, 0xc0, 0xaf]],
    ['UTF-16', [0xff, 0xfe, 0x61, 0x00]],
  ])('HT-01 a body in broken UTF-8: %s', (_what, bytes) => {
    expect(() => readParams(Uint8Array.from(bytes))).toThrow('the body is not UTF-8');
  });

  it('HT-01 a name of Object’s own is a name like any other', () => {
    const params = readParams('__proto__=polluted&constructor[prototype]=x&toString=y&hasOwnProperty=z');
    expect(Object.keys(params)).toEqual(['__proto__', 'constructor[prototype]', 'toString', 'hasOwnProperty']);
    expect(Object.values(params)[0]).toEqual(['polluted']);
    expect(readParams('a=1')['toString']).toBeUndefined();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  it('HT-01 200 parameters pass, one more does not, and 10 000 cost nothing', () => {
    const fields = (count: number) => Array.from({ length: count }, (_, index) => `f${index}=1`).join('&');
    expect(Object.keys(readParams(fields(200)))).toHaveLength(200);
    for (const count of [201, 10_000]) expect(() => readParams(fields(count))).toThrow('more than 200 parameters');
    expect(() => readParams('&'.repeat(10_000))).toThrow('more than 200 parameters');
  });

  it('HT-06 what is wrong is said without repeating it', () => {
    for (const text of ['canary=%zz', 'canary=%00'])
      expect(() => readParams(text)).toThrow(/^a parameter [a-zA-Z -]+[0-9A-Z-]*$/);
  });

  it('house: reads what URLSearchParams writes', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((value) => !value.includes('\0'));
    const fields = fc.array(fc.tuple(text, text), { maxLength: 100 });
    fc.assert(
      fc.property(fields, (pairs) => {
        const params = readParams(new URLSearchParams(pairs).toString());
        for (const [name] of pairs) {
          expect(params[name]).toEqual(pairs.flatMap(([other, value]) => (other === name ? [value] : [])));
        }
        expect(Object.keys(params)).toHaveLength(new Set(pairs.map(([name]) => name)).size);
      }),
    );
  });

  it('house: whatever the bytes, it is parameters or MalformedParams', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .string({ unit: fc.constantFrom('%', '&', '=', '+', '0', 'f', 'C', 'é', '\0'), maxLength: 60 })
        .map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(bytes, (body) => {
        try {
          return Object.values(readParams(body)).every((values) => values.length > 0);
        } catch (error) {
          return error instanceof MalformedParams;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
