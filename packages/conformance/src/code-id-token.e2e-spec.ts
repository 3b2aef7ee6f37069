import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose';
import type { App, Tokens } from './support/app.js';
import { ADA, ORDERS, Tenant } from './support/environments.js';
import { SignedOn } from './support/signed-on.js';

const CROWD = Array.from({ length: 16 }, (_, at) => ({ username: `person-${at}`, password: `horse battery ${at}` }));

describe('ID tokens and access tokens, seeds §7.1 A15, §7.6 R8, §6 X13', () => {
  let tenant: Tenant;
  let web: App;
  let user: SignedOn;
  let jwks: ReturnType<typeof createRemoteJWKSet>;

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      file.users.push(...CROWD.map((person) => ({ ...person, claims: { name: `Name of ${person.username}` } })));
    });
    web = tenant.app();
    user = new SignedOn(web);
    jwks = createRemoteJWKSet(new URL(`${tenant.issuer}/jwks`));
  });

  const verified = async (token: string, typ: string, audience: string): Promise<JWTPayload> =>
    (await jwtVerify(token, jwks, { issuer: tenant.issuer, audience, typ })).payload;
  const now = () => Math.floor(Date.now() / 1_000);

  it('A15 OI-01 jose accepts the ID token by the JWKS: iss, aud, sub, exp, auth_time, nonce, at_hash, acr, amr, sid', async () => {
    const { access_token, id_token } = await user.tokens({ nonce: 'n-0S6_WzA2Mj' });
    const claims = await verified(id_token, 'JWT', 'web');
    expect(decodeProtectedHeader(id_token)).toEqual({ alg: 'RS256', typ: 'JWT', kid: expect.any(String) });
    expect(claims).toEqual({
      iss: tenant.issuer,
      sub: (await web.userInfo(access_token)).json()['sub'],
      aud: 'web',
      iat: expect.any(Number),
      exp: (claims.iat ?? 0) + 3600,
      auth_time: expect.any(Number),
      nonce: 'n-0S6_WzA2Mj',
      at_hash: createHash('sha256').update(access_token).digest().subarray(0, 16).toString('base64url'),
      acr: 'Single_Factor',
      amr: ['pwd'],
      sid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      authorization_id: decodeJwt(access_token)['authorization_id'],
    });
    expect(Math.abs(now() - (claims.iat ?? 0))).toBeLessThan(60);
    expect(claims['auth_time']).toBeLessThanOrEqual(claims.iat ?? 0);
  });

  it.each(['a', 'x'.repeat(200), 'ü ö "quoted" \\ <tag> & +%20', '{"json":true}'])(
    'OI-01 A15 nonce %s comes back byte for byte',
    async (nonce) => {
      expect(decodeJwt((await user.tokens({ nonce })).id_token)['nonce']).toBe(nonce);
    },
  );

  it('OI-01 no nonce was sent: none comes back', async () => {
    expect(decodeJwt((await user.tokens({ nonce: undefined })).id_token)).not.toHaveProperty('nonce');
  });

  it('A15 without openid there is no ID token', async () => {
    const answer = await web.redeem(await user.code({ scope: 'orders:read' }));
    expect(answer.json()).not.toHaveProperty('id_token');
    expect(answer.json()).toMatchObject({ scope: 'orders:read' });
  });

  it('A15 A7 auth_time is when the person signed on, not when the token was made; prompt=login moves it', async () => {
    const person = tenant.person();
    const redeem = async (answer: { params(): Record<string, string> }) =>
      decodeJwt((await web.redeem(answer.params()['code'] ?? '')).json<Tokens>().id_token);
    const first = await redeem(await web.signIn(person, ADA));
    const second = await redeem(await web.signIn(person, ADA));
    expect([second['auth_time'], second['sid']]).toEqual([first['auth_time'], first['sid']]);
    await sleep(1_100);
    const anew = await redeem(await web.signIn(person, ADA, { prompt: 'login' }));
    expect(anew['auth_time']).toBeGreaterThan(first['auth_time'] as number);
  });

  it('X13 jose accepts the access token by the JWKS: at+jwt, ES256, RFC 9068 claims, auth_time and acr of the user', async () => {
    const { access_token, id_token } = await user.tokens();
    const claims = await verified(access_token, 'at+jwt', ORDERS);
    expect(decodeProtectedHeader(access_token)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    const { sub, auth_time, sid } = decodeJwt(id_token);
    expect(claims).toEqual({
      iss: tenant.issuer,
      aud: ORDERS,
      client_id: 'web',
      scope: 'openid profile email offline_access orders:read orders:write',
      iat: expect.any(Number),
      exp: (claims.iat ?? 0) + 3600,
      jti: expect.any(String),
      authorization_id: expect.any(String),
      acr: 'Single_Factor',
      amr: ['pwd'],
      ...{ sub, auth_time, sid },
    });
  });

  it('X13 both algorithms by setting of the environment', async () => {
    const swapped = await Tenant.create((file) => {
      file.signing = { idToken: 'ES256', accessToken: 'RS256' };
    });
    const { access_token, id_token } = await swapped.app().tokens(ADA);
    const keys = createRemoteJWKSet(new URL(`${swapped.issuer}/jwks`));
    const id = await jwtVerify(id_token, keys, { issuer: swapped.issuer, audience: 'web', algorithms: ['ES256'] });
    await jwtVerify(access_token, keys, { issuer: swapped.issuer, audience: ORDERS, algorithms: ['RS256'] });
    const hash = createHash('sha256').update(access_token).digest().subarray(0, 16).toString('base64url');
    expect(id.payload['at_hash']).toBe(hash);
    await expect(jwtVerify(id_token, jwks)).rejects.toThrow();
  });

  it('X13 without a custom resource the audience is the issuer; every jti is new', async () => {
    const tokens = [await user.tokens({ scope: 'openid' }), await user.tokens({ scope: 'openid' })];
    const claims = await Promise.all(tokens.map(({ access_token }) => verified(access_token, 'at+jwt', tenant.issuer)));
    expect(new Set(claims.map(({ jti }) => jti)).size).toBe(2);
  });

  it('R8 ID token at refresh: same iss, sub, aud, auth_time and sid; new iat, at_hash of the new access token, no nonce', async () => {
    const first = await user.tokens();
    await sleep(1_100);
    const second = (await web.refresh(first.refresh_token)).json<Tokens>();
    const [before, after] = [decodeJwt(first.id_token), await verified(second.id_token, 'JWT', 'web')];
    const { nonce: _once, iat, exp, at_hash, ...lasting } = before;
    expect(after).toEqual({
      ...lasting,
      iat: expect.any(Number),
      exp: expect.any(Number),
      at_hash: expect.any(String),
    });
    expect([after.iat, after.exp].map((time, at) => (time ?? 0) > ([iat, exp][at] ?? 0))).toEqual([true, true]);
    const hash = createHash('sha256').update(second.access_token).digest().subarray(0, 16).toString('base64url');
    expect([after['at_hash'], at_hash === hash]).toEqual([hash, false]);
  });

  it('CVE-2026-82843 16 people redeem in parallel: every sub is the code’s own user', async () => {
    const codes = await Promise.all(CROWD.map((person) => new SignedOn(web, person).code({ nonce: person.username })));
    const answers = await Promise.all(codes.map((code) => web.redeem(code)));
    const refreshed = await Promise.all(answers.map((answer) => web.refresh(answer.json<Tokens>().refresh_token)));
    for (const [at, { username }] of CROWD.entries()) {
      const tokens = answers[at]?.json<Tokens>() as Tokens;
      const later = refreshed[at]?.json<Tokens>() as Tokens;
      const { sub, nonce } = decodeJwt(tokens.id_token);
      expect([nonce, decodeJwt(later.id_token).sub, decodeJwt(later.access_token).sub]).toEqual([username, sub, sub]);
      expect((await web.userInfo(later.access_token)).json()).toMatchObject({ sub, name: `Name of ${username}` });
    }
  });
});
