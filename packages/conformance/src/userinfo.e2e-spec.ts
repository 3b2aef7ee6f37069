import { decodeJwt } from 'jose';
import type { Tokens } from './support/app.js';
import { Storage } from './support/database.js';
import { ADA, Tenant } from './support/environments.js';
import { type Answer, postForm, request } from './support/http.js';
import { expectJsonError, sameVerdict } from './support/verdict.js';

describe('userinfo, seeds §8 userinfo', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let tokens: Tokens;
  let url: string;

  beforeAll(async () => {
    tenant = await Tenant.create();
    tokens = await tenant.app().tokens(ADA);
    url = `${tenant.issuer}/userinfo`;
  });

  afterAll(() => storage.close());

  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const challenge = (answer: Answer) => answer.headers.get('www-authenticate') ?? '';

  it('OIDC Core §5.3.1 GET with the header, POST with the header and POST with the form answer the same', async () => {
    const answers = await Promise.all([
      request(url, { headers: bearer(tokens.access_token) }),
      request(url, { method: 'POST', headers: bearer(tokens.access_token) }),
      postForm(url, {}, bearer(tokens.access_token)),
      postForm(url, { access_token: tokens.access_token }),
    ]);
    for (const answer of answers) {
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(answer.json()).toEqual({
        sub: decodeJwt(tokens.id_token).sub,
        name: 'Ada Lovelace',
        given_name: 'Ada',
        email: 'ada@example.com',
        email_verified: true,
      });
    }
  });

  it('OI-05 the scopes decide which claims come, and `sub` always does', async () => {
    const { access_token, id_token } = await tenant.app().tokens(ADA, { scope: 'openid' });
    expect((await tenant.app().userInfo(access_token)).json()).toEqual({ sub: decodeJwt(id_token).sub });
  });

  it('RFC 6750 §2.3 a token in the query is no token, not even beside others', async () => {
    const answer = await request(`${url}?access_token=${tokens.access_token}`);
    expect([answer.status, challenge(answer)]).toEqual([401, `Bearer realm="${tenant.id}"`]);
    const posted = await postForm(`${url}?access_token=${tokens.access_token}`, {});
    expect(posted.status).toBe(401);
  });

  it('RFC 6750 §3.1 no token at all: 401 with the bare challenge and no error code anywhere', async () => {
    const answers = await Promise.all([request(url), postForm(url, {}), postForm(url, { access_token: '' })]);
    for (const answer of answers) {
      expect([answer.status, challenge(answer)]).toEqual([401, `Bearer realm="${tenant.id}"`]);
      expect(answer.text).not.toContain('invalid_token');
    }
  });

  it.each([
    ['nonsense', () => 'nonsense'],
    ['a spoiled signature', () => `${tokens.access_token.slice(0, -8)}AAAAAAAA`],
    ['no signature', () => `${tokens.access_token.split('.').slice(0, 2).join('.')}.`],
    ['a fourth part', () => `${tokens.access_token}.AAAA`],
    ['X13 RT-11 an ID token', () => tokens.id_token],
    ['RT-11 a refresh token', () => tokens.refresh_token],
    ['15 000 letters', () => 'a'.repeat(15_000)],
    ['alg none', () => unsigned(tokens.access_token)],
  ])('OI-05 RFC 6750 §3.1 %s → 401 invalid_token', async (_what, token) => {
    const answers = [
      await sameVerdict(() => request(url, { headers: bearer(token()) })),
      await postForm(url, { access_token: token() }),
    ];
    for (const answer of answers) {
      expectJsonError(answer, 401, 'invalid_token');
      expect(challenge(answer)).toContain('error="invalid_token"');
    }
  });

  it('OI-05 an expired access token → 401 invalid_token', async () => {
    const short = await Tenant.create();
    // A minute is the shortest that an environment file may say.
    await storage.rows(`UPDATE environment SET lifetimes = lifetimes || '{"accessToken": 2}' WHERE id = $1`, [
      short.id,
    ]);
    await storage.rows(`SELECT pg_notify('grantway_config', $1)`, [short.id]);
    const app = short.app();
    const { access_token } = await app.tokens(ADA, { scope: 'openid' });
    expect((await app.userInfo(access_token)).status).toBe(200);
    const exp = decodeJwt(access_token).exp as number;
    await new Promise((resolve) => setTimeout(resolve, exp * 1_000 - Date.now() + 1_050));
    expectJsonError(await app.userInfo(access_token), 401, 'invalid_token');
  });

  it('OI-05 TX-03 without `openid`, or of a client itself → 403 insufficient_scope', async () => {
    const { access_token: user } = await tenant.app().tokens(ADA, { scope: 'orders:read' });
    const service = await tenant.app('service').token({ grant_type: 'client_credentials' });
    const { access_token: client } = service.json<Tokens>();
    for (const token of [user, client]) {
      const answer = await request(url, { headers: bearer(token) });
      expectJsonError(answer, 403, 'insufficient_scope');
      expect(challenge(answer)).toContain('error="insufficient_scope"');
    }
  });

  it('RFC 6750 §2 a token in two places → 400 invalid_request', async () => {
    const twice = await postForm(url, { access_token: tokens.access_token }, bearer(tokens.access_token));
    const repeated = await postForm(url, [
      ['access_token', tokens.access_token],
      ['access_token', tokens.access_token],
    ]);
    for (const answer of [twice, repeated]) expectJsonError(answer, 400, 'invalid_request');
  });

  it('RFC 6750 §2.1 another scheme is no token of ours → 401', async () => {
    for (const authorization of [`Basic ${tokens.access_token}`, `DPoP ${tokens.access_token}`, tokens.access_token]) {
      expect((await request(url, { headers: { authorization } })).status).toBe(401);
    }
  });

  it('RT-06 X14 a token of a user who was disabled since → 401 invalid_token', async () => {
    const own = await Tenant.create();
    const { access_token } = await own.app().tokens(ADA);
    await own.change(() => {
      own.user('ada').status = 'disabled';
    });
    const answer = await own.app().userInfo(access_token);
    expectJsonError(answer, 401, 'invalid_token');
  });
});

function unsigned(token: string): string {
  const [header = '', payload = ''] = token.split('.');
  const { kid, typ } = JSON.parse(Buffer.from(header, 'base64url').toString());
  return `${Buffer.from(JSON.stringify({ alg: 'none', typ, kid })).toString('base64url')}.${payload}.`;
}
