import { AssertionHouse, KEY, KEYS, LONG_SECRET, OTHER } from './support/assertion-house.js';
import {
  ASSERTION_TYPE,
  asSecrets,
  assertionClaims,
  assertionForm,
  ClientKey,
  looseSpellings,
  requestClaims,
  SecretKey,
  seconds,
  spoiled,
  unsigned,
  zeroSigned,
} from './support/client-jwt.js';
import { postForm } from './support/http.js';
import { SignedOn } from './support/signed-on.js';

const RSA = KEYS['RS256'] as ClientKey;

describe('client assertions that are refused as any wrong credentials are, seeds X5 and catalogue CA, JW', () => {
  let house: AssertionHouse;
  beforeAll(async () => {
    house = await AssertionHouse.open();
  }, 180_000);
  afterAll(() => house.close());

  const next = () => house.next();
  const present = (jwt: string, more: Record<string, string> = {}) => house.present(jwt, more);
  const claims = (client: string, changes: object = {}) => house.claims(client, changes);

  const rows: [what: string, make: (client: string) => string][] = [
    ['CA-03 JW-01 alg none', (client) => unsigned(claims(client))],
    ['CA-03 JW-01 alg NONE', (client) => unsigned(claims(client), { alg: 'NONE' })],
    [
      'CVE-2026-16093 CA-08 alg none and a signature',
      (client) => unsigned(claims(client), {}, KEY.jwt({}).split('.')[2]),
    ],
    ['CA-03 another client’s key under the same kid', (client) => OTHER.jwt(claims(client))],
    ['CA-03 a key that was never registered', (client) => ClientKey.make().jwt(claims(client))],
    ['CA-03 an assertion of another client’s', (client) => KEY.jwt(claims(client, { iss: 'other', sub: 'other' }))],
    ['CA-03 a signature spoiled', (client) => spoiled(KEY.jwt(claims(client)))],
    ['CVE-2022-21449 JW-01 a signature of zeros', (client) => zeroSigned(KEY.jwt(claims(client)))],
    ['JW-01 another curve under the kid', (client) => ClientKey.make('ES384', KEY.kid).jwt(claims(client))],
    ['JW-01 RSA of 1024 bits', (client) => ClientKey.make('RS256', RSA.kid, 1024).jwt(claims(client))],
    ['JW-01 an algorithm that does not fit the key', (client) => RSA.as('PS256').jwt(claims(client), { alg: 'ES256' })],
    ['X5 an HMAC where a key pair is registered', (client) => new SecretKey(LONG_SECRET).jwt(claims(client))],
    ['X5 a key pair where the secret is registered', () => KEY.jwt(claims('sealed'))],
    ['X5 where a secret in Basic is registered', () => KEY.jwt(claims('both'))],
    ['X5 an HMAC where a secret in Basic is registered', () => new SecretKey(LONG_SECRET).jwt(claims('both'))],
    ['X5 another secret', () => new SecretKey(`${LONG_SECRET}x`).jwt(claims('sealed'))],
    ['X14 a disabled client', () => KEY.jwt(claims('off'))],
    ['an unknown client', () => KEY.jwt(claims('nobody'))],
    [
      'CA-04 CVE-2025-27370 the token endpoint as aud',
      (client) => KEY.jwt(claims(client, { aud: `${house.tenant.issuer}/token` })),
    ],
    [
      'CA-04 CVE-2025-27371 the PAR endpoint as aud',
      (client) => KEY.jwt(claims(client, { aud: `${house.tenant.issuer}/par` })),
    ],
    [
      'CA-04 CVE-2025-27370 issuer and token endpoint',
      (client) => KEY.jwt(claims(client, { aud: [house.tenant.issuer, `${house.tenant.issuer}/token`] })),
    ],
    ['CA-04 the issuer in a list', (client) => KEY.jwt(claims(client, { aud: [house.tenant.issuer] }))],
    ['CA-04 another environment as aud', (client) => KEY.jwt(claims(client, { aud: house.elsewhere.issuer }))],
    ['CA-04 the issuer and a slash', (client) => KEY.jwt(claims(client, { aud: `${house.tenant.issuer}/` }))],
    ['CA-04 no aud', (client) => KEY.jwt(claims(client, { aud: undefined }))],
    ['CA-05 no exp', (client) => KEY.jwt(claims(client, { exp: undefined }))],
    ['CA-05 exp 5 min ago', (client) => KEY.jwt(claims(client, { exp: seconds(-300) }))],
    ['CA-05 exp tomorrow', (client) => KEY.jwt(claims(client, { exp: seconds(86_400) }))],
    ['CA-05 nbf 61 s ahead', (client) => KEY.jwt(claims(client, { nbf: seconds(65) }))],
    ['CA-05 iat 61 s ahead', (client) => KEY.jwt(claims(client, { iat: seconds(65) }))],
    ['CA-06 no iss', (client) => KEY.jwt(claims(client, { iss: undefined }))],
    ['CA-06 another iss', (client) => KEY.jwt(claims(client, { iss: 'other' }))],
    ['CA-06 no sub', (client) => KEY.jwt(claims(client, { sub: undefined }))],
    ['CA-06 another sub', (client) => KEY.jwt(claims(client, { sub: 'other' }))],
    ['CA-06 an empty sub', (client) => KEY.jwt(claims(client, { sub: '' }))],
    ['CA-07 no jti', (client) => KEY.jwt(claims(client, { jti: undefined }))],
    ['JW-02 its own key in jwk', (client) => KEY.jwt(claims(client), { jwk: KEY.publicJwk })],
    ['JW-02 x5c', (client) => KEY.jwt(claims(client), { x5c: ['AAAA'] })],
    ['JW-02 a kid that is a path', (client) => KEY.jwt(claims(client), { kid: '../../x' })],
    ['JW-02 a kid that is SQL', (client) => KEY.jwt(claims(client), { kid: "' OR 1=1--" })],
    ['JW-02 a kid of 10 KB', (client) => KEY.jwt(claims(client), { kid: 'x'.repeat(10_000) })],
    ['JW-03 the typ of a request object', (client) => KEY.jwt(claims(client), { typ: 'oauth-authz-req+jwt' })],
    ['JW-03 the typ of an access token', (client) => KEY.jwt(claims(client), { typ: 'at+jwt' })],
    [
      'CA-03 JW-03 a request object',
      (client) => KEY.jwt(requestClaims(client, house.tenant.issuer, { response_type: 'code' })),
    ],
    ['JW-04 an unknown crit', (client) => KEY.jwt(claims(client), { crit: ['x'], x: 1 })],
    ['JW-04 b64: false', (client) => KEY.jwt(claims(client), { crit: ['b64'], b64: false })],
    ['JW-04 a member twice', (client) => KEY.sign({ alg: 'ES256' }, twice(claims(client)))],
    ['JW-04 a header twice', (client) => KEY.sign('{"alg":"none","alg":"ES256"}', claims(client))],
    [
      'JW-04 CVE-2026-107720 CVE-2026-107723 GHSA-5739-39v2-5754 a payload that is a list',
      (client) => KEY.sign({ alg: 'ES256' }, [claims(client)]),
    ],
    ['JW-04 dates that are texts', (client) => KEY.jwt(claims(client, { exp: String(seconds(60)) }))],
    ['JW-04 JSON serialization', (client) => jsonSerialized(KEY.jwt(claims(client)))],
    ['JW-05 more than 16 KB', (client) => KEY.jwt(claims(client, { pad: 'x'.repeat(20_000) }))],
    [
      'JW-05 CVE-2022-36083 a JWE with p2c of 10^9',
      () => jwe({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 1e9, p2s: 'AAAA' }),
    ],
    ['JW-05 CVE-2024-28176 a JWE that inflates', () => jwe({ alg: 'dir', enc: 'A128GCM', zip: 'DEF' })],
    ['no JWT', () => 'not-a-jwt'],
  ];

  it.each(rows)('X5 %s → 401 invalid_client, nothing stored', async (_what, make) => {
    const client = next();
    await house.refuses(() => present(make(client)));
    expect((await present(KEY.jwt(claims(client)))).status).toBe(200);
  });

  it.each(looseSpellings('a.b.c').map(([what], index) => [what, index] as const))(
    'JW-06 %s → 401 invalid_client',
    async (_what, index) => {
      const client = next();
      const spelling = (jwt: string) => looseSpellings(jwt)[index]?.[1] ?? '';
      await house.refuses(() => present(spelling(KEY.jwt(claims(client)))));
    },
  );

  it.each(asSecrets(RSA).map(([what, secret]) => [what, secret] as const))(
    'JW-01 CVE-2022-23539 CVE-2023-48223 an HMAC keyed by the public key as %s → 401 invalid_client',
    async (_what, secret) => {
      const client = next();
      const forged = (id: string) => new SecretKey(secret).jwt(claims(id), { kid: RSA.kid });
      for (const id of [client, 'both']) await house.refuses(() => present(forged(id)));
    },
  );

  it('CA-03 our own ID and access tokens → 401 invalid_client', async () => {
    const { id_token, access_token } = await new SignedOn(house.tenant.app()).tokens();
    for (const token of [id_token, access_token]) {
      await house.refuses(() => present(token));
      await house.refuses(() => present(token, { client_id: next() }));
    }
  });

  it('MT-01 an assertion for another environment’s client of the same name and key → 401; at home it works', async () => {
    const jwt = KEY.jwt(assertionClaims('signer-0', house.elsewhere.issuer));
    await house.refuses(() => present(jwt));
    const form = { grant_type: 'client_credentials', ...assertionForm(jwt) };
    expect((await postForm(`${house.elsewhere.issuer}/token`, form)).status).toBe(200);
  });

  it.each([
    ['another type', { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' }],
    ['an empty type', { client_assertion_type: '' }],
    ['CA-06 another client_id', { client_id: 'other' }],
  ])('X5 a good assertion with %s → 401 invalid_client', async (_what, change) => {
    const client = next();
    await house.refuses(() => present(KEY.jwt(claims(client)), change));
  });

  it('X5 its type alone → 401 invalid_client', async () => {
    await house.refuses(() => house.ask({ client_assertion_type: ASSERTION_TYPE, client_id: next() }));
  });
});

/** The same claims with `sub` said twice, the good one last. */
function twice(claims: Record<string, unknown>): string {
  return `{"sub":"somebody-else",${JSON.stringify(claims).slice(1)}`;
}

function jsonSerialized(jwt: string): string {
  const [header, payload, signature] = jwt.split('.');
  return JSON.stringify({ payload, protected: header, signature });
}

function jwe(header: object): string {
  return `${Buffer.from(JSON.stringify(header)).toString('base64url')}.AAAA.AAAA.${'A'.repeat(8_000)}.AAAA`;
}
