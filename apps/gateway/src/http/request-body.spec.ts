import { readBody, WrongMediaType } from './request-body.js';
import { MalformedParams } from './strict-params.js';

const ACTION = 'application/vnd.pingidentity.user.consent+json';
const bytes = (text: string) => Buffer.from(text);
const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

describe('request body', () => {
  it('house: an action is named by its media type', () => {
    expect(readBody('action', ACTION, bytes('{"accept":true}'))).toEqual({
      action: 'user.consent',
      json: { accept: true },
    });
    expect(readBody('action', `${ACTION}; charset=utf-8`, undefined)).toEqual({ action: 'user.consent', json: {} });
  });

  it.each([
    'application/json',
    'application/vnd.pingidentity.+json',
    'application/vnd.pingidentity.user.consent',
    'application/vnd.pingidentity.user.consent+json\ta',
    ' application/vnd.pingidentity.user.consent+json',
    'application/vnd.pingidentity.user/consent+json',
    'application/x-www-form-urlencoded',
    '',
  ])('HT-01 "%s" names no action', (type) => {
    expect(() => readBody('action', type, bytes('{}'))).toThrow(WrongMediaType);
  });

  it.each([
    ['no JSON', '{'],
    ['an array', '[]'],
    ['a text', '"x"'],
    ['null', 'null'],
    ['a depth of 100', nested(100)],
    ['__proto__', '{"__proto__":{"a":1}}'],
    ['constructor within', '{"a":{"constructor":{"prototype":{}}}}'],
    ['a NUL', '{"a":"\\u0000"}'],
    ['half of a pair', '{"a":"\\ud800"}'],
    ['half of a pair in a name', '{"\\udc00":1}'],
  ])('HT-01 %s is malformed', (_what, body) => {
    expect(() => readBody('action', ACTION, bytes(body))).toThrow(MalformedParams);
  });

  it('HT-01 broken UTF-8 is malformed', () => {
    expect(() => readBody('action', ACTION, Buffer.from([0x7b, 0xff, 0x7d]))).toThrow(MalformedParams);
  });

  it('house: 16 levels pass, one more does not', () => {
    expect(readBody('action', ACTION, bytes(nested(16)))).toHaveProperty('json.a');
    expect(() => readBody('action', ACTION, bytes(nested(17)))).toThrow(MalformedParams);
  });
});
