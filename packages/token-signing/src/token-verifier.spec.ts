import { createHmac } from 'node:crypto';
import { MemorySigningKeys } from '@grantway/testing';
import fc from 'fast-check';
import { exportSPKI, generateKeyPair, importJWK, type JWTPayload, SignJWT } from 'jose';
import { KeyEncryption } from './key-encryption.js';
import { KeyLifecycle } from './key-lifecycle.js';
import { KeyRing } from './key-ring.js';
import { type JwtType, TokenSigner } from './token-signer.js';
import { TokenVerifier, type VerificationPurpose } from './token-verifier.js';

const ISSUER = 'https://login.example/acme/as';
const NOW = Math.floor(Date.now() / 1000);
const IN_AN_HOUR = NOW + 3_600;

const ACCESS_TOKEN = {
  iss: ISSUER,
  sub: 'alice',
  aud: 'https://orders.example',
  client_id: 'shop',
  scope: 'openid',
  jti: 'one',
  iat: NOW,
  exp: IN_AN_HOUR,
};
const ID_TOKEN = { iss: ISSUER, sub: 'alice', aud: 'shop', iat: NOW, exp: IN_AN_HOUR };

const keys = new MemorySigningKeys();
const encryption = new KeyEncryption(Buffer.alloc(32, 1));
const ring = new KeyRing(keys, encryption);
const signer = new TokenSigner(ring);
const verifier = new TokenVerifier(ring);
let foreignKid: string;

beforeAll(async () => {
  const lifecycle = new KeyLifecycle(keys, encryption);
  await lifecycle.ensure('acme', ['ES256', 'RS256']);
  [foreignKid = ''] = await lifecycle.ensure('other', ['ES256']);
});

const sign = (type: JwtType, claims: JWTPayload, environmentId = 'acme') =>
  signer.sign({ environmentId, algorithm: 'ES256', type, claims });
const verify = (token: string, purpose: VerificationPurpose = 'access_token') =>
  verifier.verify(token, { environmentId: 'acme', issuer: ISSUER, purpose });

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
async function ourKid(): Promise<string> {
  const [key] = await keys.list('acme');
  return key?.kid ?? '';
}

describe('TokenVerifier', () => {
  it('RFC 9068 §4 a good access token', async () => {
    expect(await verify(await sign('at+jwt', ACCESS_TOKEN))).toEqual(ACCESS_TOKEN);
  });

  it('OIDC Core §3.1.2.1 an ID token is still a hint after it expired', async () => {
    const expired = { ...ID_TOKEN, iat: NOW - 7_200, exp: NOW - 3_600 };
    expect(await verify(await sign('JWT', expired), 'id_token_hint')).toEqual(expired);
  });

  it('JW-03 an ID token where it counts, and a service token for us', async () => {
    expect(await verify(await sign('JWT', ID_TOKEN), 'id_token')).toEqual(ID_TOKEN);
    const service = { ...ACCESS_TOKEN, aud: ISSUER };
    expect(await verify(await sign('service-account+jwt', service), 'service_token')).toEqual(service);
    expect(await verify(await sign('service-account+jwt', ACCESS_TOKEN), 'service_token')).toBeUndefined();
  });

  it('house: one that expired is told from one that never was good', async () => {
    const expected = { environmentId: 'acme', issuer: ISSUER, purpose: 'access_token' } as const;
    const expired = { ...ACCESS_TOKEN, exp: NOW - 1 };
    expect(await verifier.examine(await sign('at+jwt', expired), expected)).toEqual({ claims: expired, expired: true });
    for (const wrong of [{ iss: 'https://evil.example' }, { client_id: undefined }]) {
      expect(await verifier.examine(await sign('at+jwt', { ...expired, ...wrong }), expected)).toBeUndefined();
    }
    expect(await verifier.examine(await sign('JWT', expired), expected)).toBeUndefined();
  });

  it.each([
    ['an ID token as an access token', 'JWT', ID_TOKEN, 'access_token'],
    ['an ID token with an access token’s claims as an access token', 'JWT', ACCESS_TOKEN, 'access_token'],
    ['an access token as a hint', 'at+jwt', ACCESS_TOKEN, 'id_token_hint'],
    ['an access token as an ID token', 'at+jwt', ACCESS_TOKEN, 'id_token'],
    ['an expired ID token where it counts', 'JWT', { ...ID_TOKEN, exp: NOW - 1 }, 'id_token'],
    ['a service token as an access token', 'service-account+jwt', ACCESS_TOKEN, 'access_token'],
    ['a service token as a hint', 'service-account+jwt', ACCESS_TOKEN, 'id_token_hint'],
    ['an access token as a service token', 'at+jwt', { ...ACCESS_TOKEN, aud: ISSUER }, 'service_token'],
    ['an ID token as a service token', 'JWT', { ...ACCESS_TOKEN, aud: ISSUER }, 'service_token'],
  ] as const)('JW-03 %s is refused', async (_what, type, claims, purpose) => {
    expect(await verify(await sign(type, claims), purpose)).toBeUndefined();
  });

  it.each([
    ['iss', 'https://login.example/other/as'],
    ['iss', `${ISSUER}/`],
    ['exp', NOW - 1],
    ['exp', 'tomorrow'],
    ['nbf', NOW + 3_600],
    ...['iss', 'sub', 'aud', 'client_id', 'scope', 'jti', 'iat', 'exp'].map((name) => [name, undefined] as const),
  ] as const)('RFC 9068 §4 an access token with %s = %s is refused', async (name, value) => {
    expect(await verify(await sign('at+jwt', { ...ACCESS_TOKEN, [name]: value }))).toBeUndefined();
  });

  it('JW-01 alg none is refused, signed or not', async () => {
    const kid = await ourKid();
    for (const alg of ['none', 'None', 'NONE', '']) {
      const unsigned = `${encode({ alg, kid, typ: 'at+jwt' })}.${encode(ACCESS_TOKEN)}`;
      expect(await verify(`${unsigned}.`)).toBeUndefined();
      expect(await verify(`${unsigned}.${'A'.repeat(86)}`)).toBeUndefined();
    }
  });

  it('JW-01 HS256 with our public key as its secret is refused, however the key is written', async () => {
    for (const key of await keys.list('acme')) {
      const publicKey = (await importJWK({ ...key.publicJwk }, key.algorithm, { extractable: true })) as CryptoKey;
      const pem = await exportSPKI(publicKey);
      for (const secret of [pem, pem.trim(), ` ${pem}`, `\ufeff${pem}`, JSON.stringify(key.publicJwk), '']) {
        const text = `${encode({ alg: 'HS256', kid: key.kid, typ: 'at+jwt' })}.${encode(ACCESS_TOKEN)}`;
        const token = `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
        expect(await verify(token)).toBeUndefined();
      }
    }
  });

  it('JW-01 another key under our kid is refused, and so is a signature of zeros', async () => {
    const kid = await ourKid();
    const { privateKey } = await generateKeyPair('ES256');
    const forged = new SignJWT(ACCESS_TOKEN).setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt' });
    const token = await forged.sign(privateKey);
    expect(await verify(token)).toBeUndefined();
    expect(await verify(`${token.slice(0, token.lastIndexOf('.'))}.${'A'.repeat(86)}`)).toBeUndefined();
  });

  it('JW-02 a key in the header is not looked at', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const { kty, crv, x, y } = (await crypto.subtle.exportKey('jwk', publicKey)) as Record<string, string>;
    const header = { alg: 'ES256', typ: 'at+jwt', jwk: { kty, crv, x, y } as never };
    expect(await verify(await new SignJWT(ACCESS_TOKEN).setProtectedHeader(header).sign(privateKey))).toBeUndefined();
  });

  it('JW-04 an extension nobody here understands is refused', async () => {
    const kid = await ourKid();
    const { key } = await ring.signer('acme', 'ES256');
    const header = { alg: 'ES256', kid, typ: 'at+jwt', crit: ['x'], x: 1 };
    const token = await new SignJWT(ACCESS_TOKEN).setProtectedHeader(header).sign(key, { crit: { x: true } });
    expect(await verify(token)).toBeUndefined();
  });

  it('MT-01 a token of another environment is refused, also when it names our issuer', async () => {
    const foreign = await sign('at+jwt', ACCESS_TOKEN, 'other');
    expect(await verify(foreign)).toBeUndefined();
    const { key } = await ring.signer('other', 'ES256');
    const header = { alg: 'ES256', kid: foreignKid, typ: 'at+jwt' };
    expect(await verify(await new SignJWT(ACCESS_TOKEN).setProtectedHeader(header).sign(key))).toBeUndefined();
  });

  it('JW-06 only the strict compact form is a token', async () => {
    const token = await sign('at+jwt', ACCESS_TOKEN);
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const second = last[last.indexOf(token.at(-1) as string) ^ 1];
    const [header = '', payload = '', signature = ''] = token.split('.');
    const loose = [
      `${token}\n`,
      ` ${token}`,
      `${token}=`,
      `${token}.`,
      `${token}.x`,
      `${header}=.${payload}.${signature}`,
      `${header}.${payload}\n.${signature}`,
      token.slice(0, -1) + second,
      token.replaceAll('-', '+').replaceAll('_', '/').replace(signature, `${signature}==`),
    ];
    for (const text of loose) expect(await verify(text)).toBeUndefined();
    expect(await verify(token)).toBeDefined();
  });

  it('JW-05 a token beyond every honest length is not even read', async () => {
    const token = await sign('at+jwt', { ...ACCESS_TOKEN, filler: 'a'.repeat(16_384) });
    expect(await verify(token)).toBeUndefined();
  });

  it('JW-04 whatever the text, it is a verdict and no error', async () => {
    const json = fc.json().map((text) => Buffer.from(text).toString('base64url'));
    const header = fc
      .record({ alg: fc.anything(), kid: fc.anything(), typ: fc.anything(), crit: fc.anything(), b64: fc.anything() })
      .map((value) => encode({ ...value }));
    const part = fc.oneof(json, header, fc.base64String(), fc.stringMatching(/^[A-Za-z0-9_-]{0,60}$/));
    const token = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(part, { maxLength: 6 }).map((parts) => parts.join('.')),
    );
    await fc.assert(
      fc.asyncProperty(token, async (text) => (await verify(text)) === undefined),
      { numRuns: 1_000 },
    );
    const kid = await ourKid();
    const ours = encode({ alg: 'ES256', kid, typ: 'at+jwt' });
    await fc.assert(
      fc.asyncProperty(
        part,
        part,
        async (payload, signature) => (await verify(`${ours}.${payload}.${signature}`)) === undefined,
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['an error', new Error('connection refused')],
    ['a type error of its own', new TypeError('cannot read properties of undefined')],
  ])('I4 storage that fails with %s is no verdict', async (_what, trouble) => {
    const token = await sign('at+jwt', ACCESS_TOKEN);
    const away = new MemorySigningKeys();
    away.list = () => Promise.reject(trouble);
    const cutOff = new TokenVerifier(new KeyRing(away, encryption));
    const expected = { environmentId: 'acme', issuer: ISSUER, purpose: 'access_token' } as const;
    await expect(cutOff.verify(token, expected)).rejects.toBe(trouble);
  });
});
