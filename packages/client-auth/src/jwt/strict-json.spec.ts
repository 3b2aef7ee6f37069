import fc from 'fast-check';
import { parseStrictObject } from './strict-json.js';

describe('parseStrictObject', () => {
  it.each([
    '{}',
    '{"a":1,"b":{"a":2}}',
    '{"a":["a","a"]}',
    '{"a":"\\"a\\":1","b":": {"}',
    ' { "a" : "a" } ',
    '{"a":{"x":1},"b":{"x":1}}',
  ])('house: %s says one thing', (text) => {
    expect(parseStrictObject(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ...['{"a":1,"a":1}', '{"a":1,"b":2,"a":3}', '{"a" :1,"a"\t:2}', '{"a":1,"\\u0061":2}', '{"x":{"a":1,"a":2}}'],
    ...['{"x":[{"a":1,"a":2}]}', '{"a\\"b":1,"a\\"b":2}', '{"__proto__":1,"__proto__":2}'],
  ])('JW-04 %s says two', (text) => {
    expect(() => JSON.parse(text)).not.toThrow();
    expect(parseStrictObject(text)).toBeUndefined();
  });

  it.each(['', '[]', '[{}]', 'null', '1', '"{}"', '{', '{}{}', '{"a":1}x', "{'a':1}"])(
    'JW-04 %s is no object',
    (text) => {
      expect(parseStrictObject(text)).toBeUndefined();
    },
  );

  it('house: every object that was written once is read', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (value) => {
        const text = JSON.stringify(value);
        expect(parseStrictObject(text)).toEqual(JSON.parse(text));
      }),
    );
  });
});
