import { withoutSecrets } from './secrets.js';

const CANARY = 'canary-7f3a9c';

const said = (value: unknown) => JSON.stringify(withoutSecrets(value)) ?? 'nothing';

describe('withoutSecrets', () => {
  it('house: what holds no secret is handed on as it is', () => {
    const fields = { request_id: 'request-1', nested: { list: [1, { two: 2 }] }, none: undefined, nothing: null };
    expect(withoutSecrets(fields)).toBe(fields);
    for (const value of ['text', 1, true, null, undefined]) expect(withoutSecrets(value)).toBe(value);
  });

  it('HT-06 a secret is not shown however deep it stands, and its owner keeps it', () => {
    const call = { a: { b: { c: { d: [{ e: { token: CANARY, kept: 1 } }] } } } };
    expect(withoutSecrets(call)).toEqual({ a: { b: { c: { d: [{ e: { token: '[redacted]', kept: 1 } }] } } } });
    expect(call.a.b.c.d[0]?.e.token).toBe(CANARY);
  });

  it.each([
    ['a list', [{ password: CANARY }]],
    ['a list under the name', { code: [CANARY] }],
    ['no prototype', Object.assign(Object.create(null), { session: CANARY })],
    [
      'a class',
      new (class Session {
        readonly token = CANARY;
      })(),
    ],
    ['a class that says itself what it is', { deep: { toJSON: () => ({ form: { code_verifier: CANARY } }) } }],
    ['an error', Object.assign(new Error('why'), { config: { headers: { authorization: CANARY } } })],
    ['the cause of an error', new Error('why', { cause: Object.assign(new Error('what'), { secret: CANARY }) })],
    ['an error within', { tried: [Object.assign(new Error('why'), { csrf: CANARY })] }],
    ['several errors', new AggregateError([Object.assign(new Error('one'), { id_token: CANARY })])],
  ])('HT-06 in %s', (_what, value) => {
    expect(said(value)).not.toContain(CANARY);
  });

  it('house: what refers to itself, nests without end or cannot be read stops nobody', () => {
    const circle: Record<string, unknown> = { name: 'circle', password: CANARY };
    circle['self'] = { again: circle };
    expect(withoutSecrets(circle)).toEqual({ name: 'circle', password: '[redacted]', self: { again: '[circular]' } });
    let deep: unknown = { token: CANARY };
    for (let level = 0; level < 50_000; level++) deep = { deep };
    expect(said(deep)).toContain('[too deep]');
    expect(said(deep)).not.toContain(CANARY);
    const broken = {
      get field() {
        throw new Error(CANARY);
      },
    };
    expect(said({ broken })).not.toContain(CANARY);
  });

  it('house: the same thing twice is no circle', () => {
    const twice = { name: 'pot' };
    expect(withoutSecrets({ one: twice, two: twice, code: 1 })).toEqual({ one: twice, two: twice, code: '[redacted]' });
  });

  it('house: a date and an address are what JSON makes of them', () => {
    expect(said({ at: new Date(0), where: new URL('https://a.example/b') })).toBe(
      '{"at":"1970-01-01T00:00:00.000Z","where":"https://a.example/b"}',
    );
  });
});
