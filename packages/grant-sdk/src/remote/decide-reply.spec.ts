import {
  DEEPEST_ACT_CHAIN,
  OAUTH_ERRORS,
  OAuthError,
  type OAuthErrorCode,
  ScopeSet,
  TokenType,
} from '@grantway/protocol';
import fc from 'fast-check';
import type { Issuance } from '../issuance.js';
import { encodeError, encodeIssuance, REMOTE_ERRORS, readReply } from './decide-reply.js';

const DEVICE = { spends: 'deviceCode' } as const;
const ID = '01a1f000-0000-7000-8000-000000000001';
const GOOD = {
  authorization: {
    subject: { kind: 'user', id: 'user-alice' },
    scope: 'openid orders:read',
    resources: [],
    authentication: { time: '2026-11-01T10:00:00.000Z', acr: '1', amr: ['pwd'], sessionId: ID },
  },
  spend: { deviceCode: ID },
};

const text = fc.stringMatching(/^[\x20-\x7e]{1,40}$/);
const date = fc.date({ min: new Date(0), max: new Date(1_700_000_000_000), noInvalidDate: true });
const actor = fc.record(
  {
    sub: text,
    client_id: text,
    act: fc.record({ sub: text, act: fc.record({ sub: text }) }, { requiredKeys: ['sub'] }),
  },
  { requiredKeys: ['sub'] },
);
const authorization = fc.record(
  {
    subject: fc.record({ kind: fc.constantFrom('user' as const, 'client' as const), id: text }),
    scope: fc
      .uniqueArray(fc.stringMatching(/^[!#-[\]-~]{1,20}$/), { maxLength: 20 })
      .map((tokens) => ScopeSet.from(tokens)),
    resources: fc.array(fc.webUrl(), { maxLength: 5 }),
    authentication: fc.record({ time: date, acr: text, amr: fc.array(text, { maxLength: 4 }), sessionId: fc.uuid() }),
  },
  { requiredKeys: ['subject', 'scope', 'resources'] },
);
const issuance: fc.Arbitrary<Issuance> = fc.record(
  {
    authorization,
    spend: fc.uuid().map((deviceCode) => ({ deviceCode })),
    refreshToken: fc.boolean(),
    nonce: fc.string({ maxLength: 40 }),
    claims: fc.dictionary(
      fc.stringMatching(/^[a-z]{1,10}$/).filter((name) => name !== 'constructor' && name !== 'prototype'),
      text,
      { maxKeys: 5 },
    ),
    actor,
    audiences: fc.array(text, { maxLength: 4 }),
    notAfter: date,
    issuedTokenType: fc.constantFrom(...Object.values(TokenType)),
  },
  { requiredKeys: ['authorization'] },
);
const overWire = (value: object) => JSON.parse(JSON.stringify(value));

describe('reply of a grant service, design section 5', () => {
  it('house: whatever a grant may decide comes out as it went in', () => {
    fc.assert(
      fc.property(issuance, (decided) => {
        const revived = readReply(DEVICE, overWire(encodeIssuance(decided)));
        expect(revived).toEqual(decided);
        expect(revived.authorization.scope.toArray()).toEqual(decided.authorization.scope.toArray());
      }),
    );
  });

  it('house: whatever else is said is refused, and nothing worse happens', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json({ maxDepth: 6 }).map((json) => JSON.parse(json)),
          fc.anything(),
        ),
        (junk) => {
          expect(() => readReply(DEVICE, junk)).toThrow(expect.objectContaining({ name: 'Malformed' }));
        },
      ),
    );
  });

  const authorized = (overrides: object) => ({ ...GOOD, authorization: { ...GOOD.authorization, ...overrides } });
  const authenticated = (overrides: object) =>
    authorized({ authentication: { ...GOOD.authorization.authentication, ...overrides } });
  const chain = (links: number): object => (links === 1 ? { sub: 'a' } : { sub: 'a', act: chain(links - 1) });
  const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);

  it('house: the same with nothing wrong', () => {
    expect(readReply(DEVICE, { issuance: GOOD }).spend).toEqual({ deviceCode: ID });
    expect(readReply(DEVICE, { issuance: { ...GOOD, actor: chain(DEEPEST_ACT_CHAIN) } }).actor).toBeDefined();
    const { sessionId: _, ...without } = GOOD.authorization.authentication;
    const elsewhere = { ...GOOD, authorization: { ...GOOD.authorization, authentication: without } };
    expect(readReply(DEVICE, { issuance: elsewhere }).authorization.authentication).not.toHaveProperty('sessionId');
  });

  it.each([
    ['no authorization', { spend: GOOD.spend }],
    ['an authorization of null', { authorization: null }],
    ['a field nobody knows', { ...GOOD, cnf: { jkt: 'x' } }],
    ['no version of a service account', { ...GOOD, serviceAccountVersion: 0 }],
    ['what it was derived from as no id', { ...GOOD, derivedFrom: 'x' }],
    ['a subject of another kind', authorized({ subject: { kind: 'admin', id: 'root' } })],
    ['a subject without id', authorized({ subject: { kind: 'user', id: '' } })],
    ['a subject that a database chokes on', authorized({ subject: { kind: 'user', id: 'a\0b' } })],
    ['half a character', authorized({ subject: { kind: 'user', id: '\ud800' } })],
    ['a subject with more to it', authorized({ subject: { kind: 'user', id: 'a', environmentId: 'other' } })],
    ['a scope that is a list', authorized({ scope: ['openid'] })],
    ['a scope with a quote', authorized({ scope: 'openid "' })],
    ['too many scopes', authorized({ scope: Array.from({ length: 101 }, (_, at) => `s${at}`).join(' ') })],
    ['resources that are no list', authorized({ resources: 'https://orders.example' })],
    ['too many resources', authorized({ resources: Array.from({ length: 51 }, () => 'https://orders.example') })],
    ['an authentication of null', authorized({ authentication: null })],
    [
      'R9 an authentication of tomorrow',
      {
        ...GOOD,
        authorization: {
          ...GOOD.authorization,
          authentication: {
            ...GOOD.authorization.authentication,
            time: new Date(Date.now() + 86_400_000).toISOString(),
          },
        },
      },
    ],
    ['HT-01 a claim that cannot be stored', { ...GOOD, claims: { x: 'a\0' } }],
    ['HT-01 a claim of half a pair', { ...GOOD, claims: { x: ['\ud800'] } }],
    ['HT-01 a claim whose name cannot be stored', { ...GOOD, claims: { 'x\udc00': 1 } }],
    ['a time that is a number', authenticated({ time: 1 })],
    ['a time that is no date', authenticated({ time: '2026-02-30T10:00:00.000Z' })],
    ['a time in another spelling', authenticated({ time: '2026-11-01' })],
    ['a session that is no id', authenticated({ sessionId: 'session' })],
    ['amr that is a text', authenticated({ amr: 'pwd' })],
    ['another kind of artifact', { ...GOOD, spend: { backchannelRequest: ID } }],
    ['a code', { ...GOOD, spend: { authorizationCode: ID } }],
    ['a token family', { ...GOOD, spend: { refreshToken: { family: { id: ID }, generation: 0, grace: 0 } } }],
    ['two artifacts', { ...GOOD, spend: { deviceCode: ID, backchannelRequest: ID } }],
    ['an artifact that is no id', { ...GOOD, spend: { deviceCode: "' OR 1=1" } }],
    ['an artifact that is a list', { ...GOOD, spend: { deviceCode: [ID] } }],
    ['nothing to spend, as an object', { ...GOOD, spend: {} }],
    ['a refresh token that is a text', { ...GOOD, refreshToken: 'yes' }],
    ['claims that are a list', { ...GOOD, claims: ['tier'] }],
    ['claims of 8 KB', { ...GOOD, claims: { tier: 'x'.repeat(8_192) } }],
    ['claims too deep', { ...GOOD, claims: { tier: deep(9) } }],
    ['a claim that reaches a prototype', { ...GOOD, claims: JSON.parse('{"__proto__":{"tier":"gold"}}') }],
    ['one further down', { ...GOOD, claims: { tier: JSON.parse('{"constructor":{}}') } }],
    ['an actor without sub', { ...GOOD, actor: { client_id: 'shop' } }],
    ['an actor chain too long', { ...GOOD, actor: chain(DEEPEST_ACT_CHAIN + 1) }],
    ['too many audiences', { ...GOOD, audiences: Array.from({ length: 51 }, () => 'shop') }],
    ['an end that is a number', { ...GOOD, notAfter: 1e15 }],
    ['an unknown token type', { ...GOOD, issuedTokenType: 'urn:example:token' }],
    ['64 KB', { ...GOOD, nonce: 'x'.repeat(70_000) }],
  ])('house: an issuance with %s is refused', (_what, bad) => {
    expect(() => readReply(DEVICE, { issuance: bad })).toThrow(expect.objectContaining({ name: 'Malformed' }));
  });

  const ONCE = { id: 'voucher 4711', until: '2026-11-21T12:00:00.000Z' };
  const spending = (once: unknown) => () => readReply({ spends: 'once' }, { issuance: { ...GOOD, spend: { once } } });

  it('house: an artifact of a team’s own comes out as it went in', () => {
    const spend = { once: { id: ONCE.id, until: new Date(ONCE.until) } };
    expect(spending(ONCE)().spend).toEqual(spend);
    const decided = { ...spending(ONCE)(), spend };
    expect(readReply({ spends: 'once' }, overWire(encodeIssuance(decided)))).toEqual(decided);
  });

  it.each([
    ['without an id', { until: ONCE.until }],
    ['with an empty id', { ...ONCE, id: '' }],
    ['with an id too long', { ...ONCE, id: 'x'.repeat(256) }],
    ['with an id that is an object', { ...ONCE, id: { $ne: 1 } }],
    ['without an end', { id: ONCE.id }],
    ['with an end in another spelling', { ...ONCE, until: '2026-11-21' }],
    ['of a grant type it names itself', { ...ONCE, grantType: 'urn:example:other' }],
    ['that is a text', 'voucher'],
    ['that is null', null],
  ])('house: an artifact %s is refused', (_what, once) => {
    expect(spending(once)).toThrow(expect.objectContaining({ name: 'Malformed' }));
  });

  it('house: a grant that may spend nothing spends nothing', () => {
    expect(() => readReply({}, { issuance: GOOD })).toThrow('issuance.spend is malformed');
  });

  it.each([
    ['null', null],
    ['a text', 'yes'],
    ['nothing in it', {}],
    ['both', { issuance: GOOD, error: { code: 'access_denied' } }],
    ['something else', { token: 'x' }],
  ])('house: a reply of %s is refused', (_what, reply) => {
    expect(() => readReply(DEVICE, reply)).toThrow(expect.objectContaining({ name: 'Malformed' }));
  });

  const told = (error: OAuthError | object) => {
    try {
      readReply(DEVICE, error instanceof OAuthError ? overWire(encodeError(error)) : { error });
    } catch (caught) {
      return caught;
    }
    throw new Error('nothing was thrown');
  };

  it.each(REMOTE_ERRORS)('house: %s reaches the client with all that belongs to it', (code) => {
    const cause = new Error('for our own log');
    const detail = { description: 'wait a little', reason: 'device_code.pending', retryAfter: 5 };
    expect(told(new OAuthError(code, { ...detail, cause }))).toMatchObject({ name: 'OAuthError', code, detail });
    expect(JSON.stringify(encodeError(new OAuthError(code, { cause })))).not.toContain('own log');
  });

  const FOREIGN = (Object.keys(OAUTH_ERRORS) as OAuthErrorCode[]).filter((code) => !REMOTE_ERRORS.includes(code));
  it.each([...FOREIGN, 'made_up', 'constructor', '__proto__', ''])('house: "%s" is not its to say', (code) => {
    expect(told({ code })).toMatchObject({ name: 'Malformed', place: 'error.code' });
  });

  it.each([
    ['a description of 1 KB', { description: 'x'.repeat(1_024) }],
    ['a reason of two lines', { reason: 'a\nb' }],
    ['a wait of no number', { retryAfter: '1' }],
    ['a wait before now', { retryAfter: -1 }],
    ['a status', { status: 500 }],
  ])('house: an error with %s is refused', (_what, more) => {
    expect(told({ code: 'access_denied', ...more })).toMatchObject({ name: 'Malformed' });
  });
});
