import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { Tokens } from './support/app.js';
import { ask, INACTIVE, resourceTenant } from './support/companions.js';
import { Storage } from './support/database.js';
import { ADA, SECRET, type Tenant } from './support/environments.js';
import { postForm, request } from './support/http.js';
import { JWT_BEARER, newServiceToken, present } from './support/service-accounts.js';
import { expectJsonError, unchanged } from './support/verdict.js';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

describe('service token: forged, and used as something else, catalogue TX-08', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let token: string;

  beforeAll(async () => {
    tenant = await resourceTenant((file) => {
      file.grantTypes = ['authorization_code', 'refresh_token', 'client_credentials', JWT_BEARER, EXCHANGE];
      const machines = {
        ...{ auth: 'client_secret_basic' as const, secret: SECRET, grantTypes: [JWT_BEARER, EXCHANGE] },
        ...{ scopes: ['orders:read'], exchange: { impersonation: true } },
      };
      file.clients.push({ ...machines, id: 'machines' }, { ...machines, id: 'other' });
      file.serviceAccounts = ['night', 'day'].map((id) => ({ id, client: 'machines', scopes: ['orders:read'] }));
    });
    token = await newServiceToken(tenant, 'night');
  });
  afterAll(() => storage.close());

  const issued = async () => (await present(tenant, token)).json<Tokens>();
  /** Refused, nothing stored, and the assertion is not in the answer. */
  const refused = async (assertion: string) => {
    const asked = () => present(tenant, assertion);
    expectJsonError(await unchanged(storage, tenant.id, asked), 400, 'invalid_grant', assertion);
  };

  it('house: unspoiled it is good', async () => {
    expect(await issued()).toMatchObject({ scope: 'orders:read' });
  });

  it.each([
    ['no JWT', () => 'nonsense'],
    ['alg none', (jwt: string) => `${encode({ alg: 'none', typ: 'service-account+jwt' })}.${jwt.split('.')[1]}.`],
    [
      'CVE-2026-11800 HS256',
      (jwt: string) => `${encode({ ...headerOf(jwt), alg: 'HS256' })}.${jwt.split('.').slice(1).join('.')}`,
    ],
    [
      'CVE-2026-11800 RS256',
      (jwt: string) => `${encode({ ...headerOf(jwt), alg: 'RS256' })}.${jwt.split('.').slice(1).join('.')}`,
    ],
    [
      'another typ',
      (jwt: string) => `${encode({ ...headerOf(jwt), typ: 'at+jwt' })}.${jwt.split('.').slice(1).join('.')}`,
    ],
    ['a changed account', (jwt: string) => withClaims(jwt, { sub: 'urn:grantway:serviceaccount:day' })],
    ['a later exp', (jwt: string) => withClaims(jwt, { exp: 4_102_444_800 })],
    [
      'a key of its own in the header',
      (jwt: string) => `${encode({ ...headerOf(jwt), jwk: {} })}.${jwt.split('.').slice(1).join('.')}`,
    ],
    ['a spoiled signature', (jwt: string) => `${jwt.slice(0, -6)}${jwt.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA'}`],
    ['JW-06 blanks around it', (jwt: string) => ` ${jwt} `],
  ])('S2 JW-01 TX-08 %s → invalid_grant', async (_what, spoil) => {
    await refused(spoil(token));
  });

  it('S2 JW-03 tokens of ours of another kind are no service tokens → invalid_grant', async () => {
    const tokens = await tenant.app().tokens(ADA);
    const { access_token } = await issued();
    for (const other of [tokens.access_token, tokens.id_token, tokens.refresh_token, access_token])
      await refused(other);
  });

  describe('RFC 7521 §4.1 client authentication is optional, and never wrong', () => {
    it('the owner’s own, or its id alone', async () => {
      expect((await present(tenant, token, {}, ['machines', SECRET])).status).toBe(200);
      expect((await present(tenant, token, { client_id: 'machines' })).status).toBe(200);
    });

    it.each([
      ['a wrong secret', {}, ['machines', 'wrong'], 401, 'invalid_client'],
      ['another client', {}, ['other', SECRET], 400, 'invalid_grant'],
      ['another client’s id', { client_id: 'other' }, undefined, 400, 'invalid_grant'],
      [
        'a wrong secret in the form',
        { client_id: 'machines', client_secret: 'wrong' },
        undefined,
        401,
        'invalid_client',
      ],
      ['two methods', { client_id: 'machines', client_secret: SECRET }, ['machines', SECRET], 400, 'invalid_request'],
    ] as const)('X4 CA-01 %s', async (_what, more, who, status, error) => {
      const asked = () => present(tenant, token, more, who && [...who]);
      const changes = error === 'invalid_client' ? asked() : unchanged(storage, tenant.id, asked);
      expectJsonError(await changes, status, error, token);
    });
  });

  describe('TX-08 it is nothing else', () => {
    it('a client assertion → invalid_client', async () => {
      const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
      const form = { grant_type: 'client_credentials', client_assertion: token, client_assertion_type: type };
      expectJsonError(await postForm(`${tenant.issuer}/token`, form), 401, 'invalid_client', token);
    });

    it('a bearer token at userinfo → invalid_token; its access token is no user’s', async () => {
      const bearer = (value: string) =>
        request(`${tenant.issuer}/userinfo`, { headers: { authorization: `Bearer ${value}` } });
      expectJsonError(await bearer(token), 401, 'invalid_token', token);
      expectJsonError(await bearer((await issued()).access_token), 403, 'insufficient_scope');
    });

    it('a refresh token → invalid_request, for it is longer than any', async () => {
      expectJsonError(await tenant.app('web').refresh(token), 400, 'invalid_request');
    });

    it('JW-03 introspected, it is inactive', async () => {
      expect((await ask(tenant, 'machines', token)).json()).toEqual(INACTIVE);
    });

    it('a subject token, itself or what it brought → invalid_request', async () => {
      const { access_token } = await issued();
      for (const [subject_token, kind] of [
        [token, 'access_token'],
        [token, 'jwt'],
        [token, 'id_token'],
        [access_token, 'access_token'],
      ]) {
        const form = {
          grant_type: EXCHANGE,
          ...{ subject_token: subject_token as string, subject_token_type: `urn:ietf:params:oauth:token-type:${kind}` },
        };
        const answer = await unchanged(storage, tenant.id, () => tenant.app('machines').token(form));
        expectJsonError(answer, 400, 'invalid_request', token, access_token);
      }
    });
  });
});

function headerOf(jwt: string): object {
  return decodeProtectedHeader(jwt);
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function withClaims(jwt: string, changes: object): string {
  const [header, , signature] = jwt.split('.');
  return `${header}.${encode({ ...decodeJwt(jwt), ...changes })}.${signature}`;
}
