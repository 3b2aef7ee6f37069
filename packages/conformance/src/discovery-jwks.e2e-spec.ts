import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { ADA, Tenant } from './support/environments.js';
import { request } from './support/http.js';

/** RFC 7518 §6, RFC 8037 §2: members that only the holder may know. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

describe('JWKS, seeds §8 jwks', () => {
  let tenant: Tenant;
  beforeAll(async () => {
    tenant = await Tenant.create();
  });

  const jwks = async (of = tenant) => (await request(`${of.issuer}/jwks`)).json<JSONWebKeySet>();

  it('JW-07 only public members, unique kids, named algorithm and use; nothing weak', async () => {
    const answer = await request(`${tenant.issuer}/jwks`);
    expect([answer.status, answer.headers.get('cache-control') ?? '']).toEqual([
      200,
      expect.not.stringContaining('no-store'),
    ]);
    const { keys } = answer.json<JSONWebKeySet>();
    expect(keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'RS256']);
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length);
    for (const key of keys) {
      expect(Object.keys(key).filter((member) => PRIVATE_MEMBERS.includes(member))).toEqual([]);
      expect([key.use, typeof key.kid]).toEqual(['sig', 'string']);
      if (key.kty === 'RSA') expect(Buffer.from(String(key.n), 'base64url').length).toBeGreaterThanOrEqual(256);
    }
  });

  it('X13 JW-07 both tokens of a sign-in verify with the published keys, and name them', async () => {
    const keys = createLocalJWKSet(await jwks());
    const { access_token, id_token } = await tenant.app().tokens(ADA);
    const access = await jwtVerify(access_token, keys, { issuer: tenant.issuer, typ: 'at+jwt' });
    const id = await jwtVerify(id_token, keys, { issuer: tenant.issuer, audience: 'web' });
    expect([access.protectedHeader.alg, id.protectedHeader.alg]).toEqual(['ES256', 'RS256']);
    expect(access.payload.sub).toBe(id.payload.sub);
    expect(decodeProtectedHeader(access_token).kid).not.toBe(decodeProtectedHeader(id_token).kid);
  });

  it('JW-07 applying the environment again makes no new key, so tokens stay verifiable', async () => {
    const before = await jwks();
    await tenant.apply();
    expect(await jwks()).toEqual(before);
  });
});
