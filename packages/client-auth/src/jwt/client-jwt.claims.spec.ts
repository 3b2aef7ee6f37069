import { NO_LEGACY } from '@grantway/domain';
import { clientWith, ISSUER, keyPair } from '../../test/signing.js';
import { app, everyKey, house, PURPOSES, signed } from '../../test/verifier-house.js';
import type { ClientJwtPurpose } from './purposes.js';

/** One change to a good one, and what comes of it. */
type Row = [what: string, changes: (seconds: (ahead?: number) => number) => object, expected: string];

const AUDIENCES: Row[] = [
  ['the token endpoint', () => ({ aud: `${ISSUER}/token` }), 'audience'],
  ['a slash more', () => ({ aud: `${ISSUER}/` }), 'audience'],
  ['another environment', () => ({ aud: 'https://login.example/other/as' }), 'audience'],
  ['nobody', () => ({ aud: [] }), 'audience'],
  ['no text', () => ({ aud: { 0: ISSUER } }), 'audience'],
  ['us and something that is no text', () => ({ aud: [ISSUER, 1] }), 'audience'],
];
const FRAME: Row[] = [
  ['no iss', () => ({ iss: undefined }), 'claim_missing'],
  ['another iss', () => ({ iss: 'other' }), 'issuer'],
  ['us as iss', () => ({ iss: ISSUER }), 'issuer'],
  ['an iss that is a list', () => ({ iss: ['app'] }), 'claim_type'],
  ['no aud', () => ({ aud: undefined }), 'claim_missing'],
  ['no exp', () => ({ exp: undefined }), 'claim_missing'],
  ['exp now', (seconds) => ({ exp: seconds() }), 'expired'],
  ['exp past', (seconds) => ({ exp: seconds(-300) }), 'expired'],
  ['exp in an hour', (seconds) => ({ exp: seconds(3_600) }), 'good'],
  ['exp in 61 minutes', (seconds) => ({ exp: seconds(3_660) }), 'too_long_lived'],
  ['exp tomorrow', (seconds) => ({ exp: seconds(86_400) }), 'too_long_lived'],
  ['exp never', () => ({ exp: 1e300 }), 'too_long_lived'],
  ['nbf 8 s ahead', (seconds) => ({ nbf: seconds(8) }), 'good'],
  ['nbf 61 s ahead', (seconds) => ({ nbf: seconds(61) }), 'not_yet_valid'],
  ['iat 8 s ahead', (seconds) => ({ iat: seconds(8) }), 'good'],
  ['iat 61 s ahead', (seconds) => ({ iat: seconds(61) }), 'not_yet_valid'],
];
const OTHER_TYPES = [
  'at+jwt',
  'dpop+jwt',
  'logout+jwt',
  'token-introspection+jwt',
  'secevent+jwt',
  'JOSE',
  '',
  ' jwt',
  'jwt ',
];
const TYPES: Record<ClientJwtPurpose, string[]> = {
  client_assertion: ['client-authentication+jwt', 'application/client-authentication+jwt'],
  request_object: ['oauth-authz-req+jwt', 'application/oauth-authz-req+jwt'],
  backchannel_request: [],
  login_hint_token: [],
};

describe('ClientJwtVerifier: claims', () => {
  const judged = async (purpose: ClientJwtPurpose, change: Row[1]) => {
    const { outcome, claims, seconds } = house();
    return outcome(signed(claims(purpose, change(seconds))), purpose);
  };

  it.each<Row>([
    ...FRAME,
    ...AUDIENCES,
    ['CA-04 us among others', () => ({ aud: [ISSUER, `${ISSUER}/token`] }), 'audience'],
    ['CA-04 us in a list', () => ({ aud: [ISSUER] }), 'audience'],
    ['CA-06 no sub', () => ({ sub: undefined }), 'claim_missing'],
    ['CA-06 another sub', () => ({ sub: 'other' }), 'subject'],
    ['CA-06 a sub that is empty', () => ({ sub: '' }), 'claim_type'],
    ['CA-06 a sub that is a list', () => ({ sub: ['app'] }), 'claim_type'],
    ['CA-07 no jti', () => ({ jti: undefined }), 'claim_missing'],
    ['CA-07 an empty jti', () => ({ jti: '' }), 'claim_type'],
    ['CA-07 a jti that is a number', () => ({ jti: 7 }), 'claim_type'],
    ['no iat', () => ({ iat: undefined }), 'good'],
    ['an old iat', (seconds) => ({ iat: seconds(-86_400) }), 'good'],
  ])('X5 CA-05 client_assertion with %s', async (_what, change, expected) => {
    expect(await judged('client_assertion', change)).toBe(expected);
  });

  it.each<Row>([
    ...FRAME,
    ...AUDIENCES,
    ['us among others', () => ({ aud: ['https://other.example', ISSUER] }), 'good'],
    ['the client as sub', () => ({ sub: 'app' }), 'subject'],
    ['somebody as sub', () => ({ sub: 'user-alice' }), 'good'],
  ])('PR-06 request_object with %s', async (_what, change, expected) => {
    expect(await judged('request_object', change)).toBe(expected);
  });

  it.each<Row>([
    ...FRAME,
    ...AUDIENCES,
    ['no iat', () => ({ iat: undefined }), 'claim_missing'],
    ['no nbf', () => ({ nbf: undefined }), 'claim_missing'],
    ['no jti', () => ({ jti: undefined }), 'claim_missing'],
    ['nbf 59 minutes ago', (seconds) => ({ nbf: seconds(-3_540) }), 'good'],
    ['nbf 70 minutes ago', (seconds) => ({ nbf: seconds(-4_200) }), 'too_old'],
    ['exp in 70 minutes', (seconds) => ({ exp: seconds(4_200) }), 'too_long_lived'],
    ['the client as sub', () => ({ sub: 'app' }), 'subject'],
  ])('B7 CB-07 backchannel_request with %s', async (_what, change, expected) => {
    expect(await judged('backchannel_request', change)).toBe(expected);
  });

  it.each<Row>([
    ...AUDIENCES,
    ['another iss', () => ({ iss: 'other' }), 'issuer'],
    ['the client as iss and us as aud', () => ({ iss: 'app', aud: ISSUER }), 'good'],
    ['no exp', () => ({ exp: undefined }), 'good'],
    ['exp past', (seconds) => ({ exp: seconds(-1) }), 'expired'],
    ['exp next year', (seconds) => ({ exp: seconds(31_536_000) }), 'good'],
    ['nbf 61 s ahead', (seconds) => ({ nbf: seconds(61) }), 'not_yet_valid'],
    ['the client as sub', () => ({ sub: 'app' }), 'subject'],
  ])('CB-01 login_hint_token with %s', async (_what, change, expected) => {
    expect(await judged('login_hint_token', change)).toBe(expected);
  });

  it.each(PURPOSES)('CB-01 a %s that is expired and forged is forged', async (purpose) => {
    const { outcome, claims, seconds } = house();
    const exp = seconds(-1);
    expect(await outcome(signed(claims(purpose, { exp }), {}, keyPair('ES256')), purpose)).toBe('signature');
  });

  it.each(PURPOSES)('JW-03 the typ of a %s', async (purpose) => {
    const { outcome, claims } = house();
    const types = ['JWT', 'jwt', 'application/jwt', ...Object.values(TYPES).flat(), ...OTHER_TYPES];
    const taken = [];
    for (const typ of types) if ((await outcome(signed(claims(purpose), { typ }), purpose)) === 'good') taken.push(typ);
    expect(taken).toEqual(['JWT', 'jwt', 'application/jwt', ...TYPES[purpose]]);
    for (const typ of [1, null, ['JWT']]) expect(await outcome(signed(claims(purpose), { typ }), purpose)).toBe('type');
  });

  it('JW-03 a client assertion passes at no other door, and no other JWT at the assertion’s', async () => {
    const { outcome, claims } = house();
    const assertion = claims('client_assertion', { nbf: 1 });
    for (const purpose of PURPOSES.slice(1)) {
      expect(await outcome(signed(assertion), purpose)).not.toBe('good');
      expect(await outcome(signed(claims(purpose)), 'client_assertion')).not.toBe('good');
    }
  });

  it('CA-04 other audiences are taken only where they are named', async () => {
    const { outcome, claims } = house();
    const [token, called] = [`${ISSUER}/token`, `${ISSUER}/par`];
    const legacy = {
      client: { ...app, legacy: { ...NO_LEGACY, assertionAudience: true } },
      otherAudiences: [token, called],
    };
    const taken = async (aud: unknown) =>
      outcome(signed(claims('client_assertion', { aud })), 'client_assertion', legacy);
    for (const aud of [ISSUER, token, called, [token], [ISSUER, token]])
      expect([aud, await taken(aud)]).toEqual([aud, 'good']);
    for (const aud of [`${ISSUER}/revoke`, [], [token, 'https://other.example'], [[token]]]) {
      expect([aud, await taken(aud)]).toEqual([aud, 'audience']);
    }
  });
});

describe('ClientJwtVerifier: single use', () => {
  it('CA-07 an assertion is good once, and of twenty at once one is', async () => {
    const { outcome, claims } = house();
    const jwt = signed(claims('client_assertion'));
    const at = () => outcome(jwt, 'client_assertion');
    const outcomes = await Promise.all(Array.from({ length: 20 }, at));
    expect(outcomes.filter((each) => each === 'good')).toHaveLength(1);
    expect(await at()).toBe('used_before');
  });

  it('CA-07 is remembered only once all else was right', async () => {
    const { outcome, claims, stores } = house();
    const jwt = signed(claims('client_assertion', { jti: 'once' }));
    const forged = signed(claims('client_assertion', { jti: 'once' }), {}, keyPair('ES256'));
    expect(await outcome(forged, 'client_assertion')).toBe('signature');
    expect(await outcome(signed(claims('client_assertion', { jti: 'once', sub: 'x' })), 'client_assertion')).toBe(
      'subject',
    );
    expect(await outcome(jwt, 'client_assertion')).toBe('good');
    stores.usedJwts.use = () => Promise.reject(new Error('storage is away'));
    await expect(outcome(signed(claims('client_assertion')), 'client_assertion')).rejects.toThrow('storage is away');
  });

  it('MT-01 two clients, or two environments, may use one jti', async () => {
    const { outcome, claims } = house();
    const jti = 'shared';
    expect(await outcome(signed(claims('client_assertion', { jti })), 'client_assertion')).toBe('good');
    const other = clientWith(everyKey, { id: 'other' });
    const theirs = signed(claims('client_assertion', { jti, iss: 'other', sub: 'other' }));
    expect(await outcome(theirs, 'client_assertion', { client: other })).toBe('good');
    const twin = clientWith(everyKey, { environmentId: 'twin' });
    expect(await outcome(signed(claims('client_assertion', { jti })), 'client_assertion', { client: twin })).toBe(
      'good',
    );
  });

  it('house: only assertions are used up', async () => {
    const { outcome, claims } = house();
    const jwt = signed(claims('backchannel_request'));
    expect([await outcome(jwt, 'backchannel_request'), await outcome(jwt, 'backchannel_request')]).toEqual([
      'good',
      'good',
    ]);
  });
});
