import { AssertionHouse, KEY, KEYS, LONG_SECRET, OTHER } from './support/assertion-house.js';
import { burst } from './support/burst.js';
import { assertionForm, ClientKey, SecretKey, seconds, spoiled, unsigned } from './support/client-jwt.js';
import { SECRET } from './support/environments.js';
import { everywhere } from './support/everywhere.js';
import { type Answer, basic } from './support/http.js';
import { expectJsonError, sameVerdict, unchanged } from './support/verdict.js';

describe('client assertions, seeds X3 X5 and catalogue 1.4', () => {
  let house: AssertionHouse;
  beforeAll(async () => {
    house = await AssertionHouse.open();
  }, 180_000);
  afterAll(() => house.close());

  const next = () => house.next();
  const present = (jwt: string, more: Record<string, string> = {}) => house.present(jwt, more);
  const claims = (client: string, changes: object = {}) => house.claims(client, changes);

  describe('what is taken', () => {
    it.each(Object.entries(KEYS))('X3 X5 private_key_jwt with %s → 200', async (_alg, key) => {
      expect((await present(key.jwt(claims(next())))).status).toBe(200);
      expect((await present(key.jwt(claims(next()), { kid: undefined }))).status).toBe(200);
    });

    it.each(['HS256', 'HS384', 'HS512'])('X3 X5 client_secret_jwt with %s → 200', async (alg) => {
      expect((await present(new SecretKey(LONG_SECRET, alg).jwt(claims('sealed')))).status).toBe(200);
    });

    it.each([
      ['client_id as well', (client: string) => present(KEY.jwt(claims(client)), { client_id: client })],
      ['typ JWT', (client: string) => present(KEY.jwt(claims(client), { typ: 'JWT' }))],
      ['its own typ', (client: string) => present(KEY.jwt(claims(client), { typ: 'client-authentication+jwt' }))],
      [
        'CA-05 nbf 8 s ahead',
        (client: string) => present(KEY.jwt(claims(client, { nbf: seconds(8), iat: seconds(8) }))),
      ],
      ['CA-05 exp in an hour', (client: string) => present(KEY.jwt(claims(client, { exp: seconds(3_590) })))],
      ['without iat', (client: string) => present(KEY.jwt(claims(client, { iat: undefined })))],
      ['claims and headers nobody knows', (client: string) => present(KEY.jwt(claims(client, { x: [1] }), { x: 1 }))],
    ])('X5 %s → 200', async (_what, send) => {
      expect((await send(next())).status).toBe(200);
    });

    it('X5 discovery names both methods and their algorithms, and not none', async () => {
      const metadata = (await (
        await fetch(`${house.tenant.issuer}/.well-known/openid-configuration`)
      ).json()) as Record<string, string[]>;
      expect(metadata['token_endpoint_auth_methods_supported']).toEqual(
        expect.arrayContaining(['client_secret_jwt', 'private_key_jwt']),
      );
      const algorithms = metadata['token_endpoint_auth_signing_alg_values_supported'];
      expect(algorithms).toEqual(expect.arrayContaining(['HS256', 'RS256', 'PS256', 'ES256', 'EdDSA']));
      expect(algorithms).not.toContain('none');
    });
  });

  describe('CA-02 CA-08 exactly the registered method', () => {
    it.each([
      ['its own Basic', basic('both', LONG_SECRET)],
      ['another client’s Basic', basic('service', SECRET)],
    ])('CA-02 a good assertion beside %s → 400 invalid_request', async (_what, headers) => {
      const send = () => house.ask(assertionForm(KEY.jwt(claims('both'))), headers);
      expectJsonError(await unchanged(house.storage, house.tenant.id, () => sameVerdict(send)), 400, 'invalid_request');
      expect((await house.ask({}, headers)).status).toBe(200);
    });

    it('CA-08 CVE-2026-16093 a client of private_key_jwt with a secret and a decoy → 401 or 400, never a token', async () => {
      const client = next();
      const secret = { client_id: client, client_secret: SECRET };
      for (const jwt of [unsigned(claims(client)), KEY.jwt(claims(client)), 'x']) {
        const beside = await unchanged(house.storage, house.tenant.id, () => sameVerdict(() => present(jwt, secret)));
        expectJsonError(beside, 400, 'invalid_request', SECRET);
      }
      await house.refuses(() => house.ask(secret));
      await house.refuses(() => house.ask({ client_id: client }));
      expectJsonError(await house.ask({}, basic(client, SECRET)), 401, 'invalid_client');
    });

    it('CA-02 a client of client_secret_jwt cannot send its secret instead', async () => {
      await house.refuses(() => house.ask({ client_id: 'confused', client_secret: LONG_SECRET }));
      expectJsonError(await house.ask({}, basic('confused', LONG_SECRET)), 401, 'invalid_client', LONG_SECRET);
    });
  });

  describe('CA-07 CVE-2020-5300 CVE-2020-15222 single use', () => {
    it('the same assertion twice → 200, then 401 at every replica', async () => {
      const jwt = KEY.jwt(claims(next()));
      expect((await present(jwt)).status).toBe(200);
      for (let replica = 0; replica < 6; replica += 1) await house.refuses(() => present(jwt));
    });

    it.each([
      ['private_key_jwt', () => KEY.jwt(claims(next()))],
      ['client_secret_jwt', () => new SecretKey(LONG_SECRET).jwt(claims('sealed'))],
    ])('%s: of 20 at one moment exactly one succeeds', async (_method, make) => {
      const jwt = make();
      const statuses = (await burst(20, () => present(jwt))).map(({ status }) => status);
      expect(statuses.sort()).toEqual([200, ...Array(19).fill(401)]);
    });

    it('a refusal for anything else uses nothing up', async () => {
      const client = next();
      const jwt = KEY.jwt(claims(client));
      expectJsonError(await present(spoiled(jwt)), 401, 'invalid_client');
      expectJsonError(await present(jwt, { client_id: 'other' }), 401, 'invalid_client');
      expect((await present(jwt)).status).toBe(200);
    });

    it('two clients may use the same jti', async () => {
      const jti = 'shared-by-two';
      expect((await present(KEY.jwt(claims(next(), { jti })))).status).toBe(200);
      expect((await present(KEY.jwt(claims(next(), { jti })))).status).toBe(200);
    });
  });

  it('CA-04 X5 the legacy flag lets a client name the token endpoint, and nobody else’s', async () => {
    const asked = (aud: unknown) => present(KEY.jwt(claims('legacy', { aud })));
    const token = `${house.tenant.issuer}/token`;
    for (const aud of [house.tenant.issuer, token, [token]]) expect((await asked(aud)).status).toBe(200);
    for (const aud of [
      `${house.elsewhere.issuer}/token`,
      `${token}/`,
      `${house.tenant.issuer}/revoke`,
      [token, 'https://rp.example'],
    ]) {
      await house.refuses(() => asked(aud));
    }
  });

  it('CVE-2026-107720 a client whose keys are gone is refused, never let through', async () => {
    const asked = () => present(KEY.jwt(claims('bare')));
    expect((await asked()).status).toBe(200);
    await house.storage.rows(`UPDATE client SET keys = NULL WHERE environment_id = $1 AND id = 'bare'`, [
      house.tenant.id,
    ]);
    await everywhere(asked, ({ status }) => status === 401);
    await house.refuses(asked);
    for (const secret of [LONG_SECRET, ''])
      await house.refuses(() => present(new SecretKey(secret).jwt(claims('bare'))));
  });

  it('X14 JW-07 a replaced key: the new one works, the old one is dead', async () => {
    const renewed = ClientKey.make('ES256', 'renewed');
    const asked = (key: ClientKey) => present(key.jwt(claims('rotating')));
    expect((await asked(KEY)).status).toBe(200);
    await house.tenant.change(() =>
      Object.assign(house.tenant.client('rotating'), { jwks: { keys: [renewed.publicJwk] } }),
    );
    const old = await everywhere(
      () => asked(KEY),
      ({ status }) => status === 401,
    );
    for (const answer of old) expectJsonError(answer, 401, 'invalid_client');
    expect((await asked(renewed)).status).toBe(200);
  });

  it('CA-01 wrong assertions are counted as wrong secrets are: 429 with Retry-After', async () => {
    const answers: Answer[] = [];
    for (let guess = 0; guess < 50; guess += 1)
      answers.push(await present(OTHER.jwt(claims('confused'), { alg: 'HS256' })));
    const blocked = answers.findIndex(({ status }) => status !== 401);
    expect(blocked).toBeGreaterThan(10);
    for (const answer of answers.slice(blocked)) {
      expectJsonError(answer, 429, 'too_many_requests');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect((await present(KEY.jwt(claims(next())))).status).toBe(200);
  });

  it('X12 CA-07 neither the secret nor an assertion can be read in house.storage', async () => {
    const jwt = KEY.jwt(claims(next(), { jti: 'a-jti-that-nobody-stores' }));
    expect((await present(jwt)).status).toBe(200);
    for (const text of [LONG_SECRET, jwt, 'a-jti-that-nobody-stores'])
      expect(await house.storage.holds(text)).toBe(false);
  });
});
