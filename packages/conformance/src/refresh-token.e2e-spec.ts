import { decodeJwt } from 'jose';
import type { App, Tokens } from './support/app.js';
import { Storage } from './support/database.js';
import { BILLING, ORDERS, Tenant } from './support/environments.js';
import { Families } from './support/families.js';
import { postForm } from './support/http.js';
import { SignedOn } from './support/signed-on.js';
import { expectClean, expectJsonError, sameVerdict, unchanged } from './support/verdict.js';

describe('refresh tokens: the request, seeds §7.6 and catalogue 1.3', () => {
  const storage = new Storage();
  const families = new Families(storage);
  let tenant: Tenant;
  let web: App;
  let user: SignedOn;

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      const [shop] = file.clients as [(typeof file.clients)[0]];
      file.clients.push(
        { ...shop, id: 'twin' },
        { ...shop, id: 'without', grantTypes: ['authorization_code'] },
        { ...shop, id: 'preset', refresh: { withoutOfflineAccess: true } },
      );
    });
    web = tenant.app();
    user = new SignedOn(web);
  });

  afterAll(() => storage.close());

  it('X7 R4 the answer: new access, refresh and id token, scope and lifetime', async () => {
    const first = await user.tokens();
    const answer = await web.refresh(first.refresh_token);
    expectClean(answer);
    expect([answer.status, answer.headers.get('cache-control'), answer.headers.get('pragma')]).toEqual([
      200,
      'no-store',
      'no-cache',
    ]);
    const second = answer.json<Tokens>();
    expect(second).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: first.scope,
      refresh_token: expect.any(String),
      id_token: expect.any(String),
    });
    for (const name of ['access_token', 'refresh_token', 'id_token'] as const)
      expect(second[name]).not.toBe(first[name]);
    expect((await web.userInfo(second.access_token)).status).toBe(200);
  });

  it('R1 no refresh_token, or an empty one → invalid_request', async () => {
    expectJsonError(await web.token({ grant_type: 'refresh_token' }), 400, 'invalid_request');
    expectJsonError(await web.refresh(''), 400, 'invalid_request');
  });

  it('R2 200 random ones of the right shape, and shapeless ones → invalid_grant', async () => {
    const random = (length: number) =>
      Buffer.from(crypto.getRandomValues(new Uint8Array(length))).toString('base64url');
    const guesses = Array.from({ length: 200 }, () => `gwrt_${random(16)}.0.${random(32)}`);
    const odd = [
      'x',
      'gwrt_',
      `gwac_${random(16)}.${random(32)}`,
      '../../x',
      "' OR 1=1--",
      `gwrt_${random(16)}.1e3.${random(32)}`,
    ];
    const answers = await unchanged(storage, tenant.id, () =>
      Promise.all([...guesses, ...odd].map((token) => web.refresh(token))),
    );
    for (const answer of answers) expectJsonError(answer, 400, 'invalid_grant');
  });

  it('R2 RT-04 CVE-2026-55672 CVE-2026-16089 another client’s → invalid_grant without effect; its own client still uses it', async () => {
    const { refresh_token, access_token } = await user.tokens();
    for (const thief of ['twin', 'spa']) {
      const answer = await unchanged(storage, tenant.id, () =>
        sameVerdict(() => tenant.app(thief).refresh(refresh_token)),
      );
      expectJsonError(answer, 400, 'invalid_grant', refresh_token);
    }
    expect((await web.refresh(refresh_token)).status).toBe(200);
    expect((await web.userInfo(access_token)).status).toBe(200);
  });

  it('RT-04 a superseded one, presented by another client, revokes nothing', async () => {
    const first = (await user.tokens()).refresh_token;
    const second = (await web.refresh(first)).json<Tokens>().refresh_token;
    await families.age(second, 60, 'rotated_at');
    expectJsonError(await tenant.app('twin').refresh(first), 400, 'invalid_grant', first);
    expect((await web.refresh(second)).status).toBe(200);
  });

  it('CVE-2026-53512 X3 a confidential client’s without credentials → 401 invalid_client, still usable', async () => {
    const { refresh_token } = await user.tokens();
    const form = { grant_type: 'refresh_token', refresh_token };
    for (const identity of [{}, { client_id: 'web' }, { client_id: 'web', client_secret: 'wrong' }]) {
      const answer = await unchanged(storage, tenant.id, () =>
        postForm(`${tenant.issuer}/token`, { ...form, ...identity }),
      );
      expectJsonError(answer, 401, 'invalid_client', refresh_token);
    }
    expect((await web.refresh(refresh_token)).status).toBe(200);
  });

  it.each([
    ['unknown', 'nowhere:read'],
    ['the client’s, but never authorized', 'openid orders:write'],
    ['with offline_access, never authorized', 'openid offline_access'],
    ['malformed', 'openid "'],
  ])(
    'R3 RT-05 workers-oauth-provider 0.9.0 scope %s → invalid_scope before rotation, still usable',
    async (_what, scope) => {
      const narrow = await new SignedOn(tenant.app('preset')).tokens({ scope: 'openid orders:read' });
      const app = tenant.app('preset');
      const answer = await unchanged(storage, tenant.id, () => app.refresh(narrow.refresh_token, { scope }));
      expectJsonError(answer, 400, 'invalid_scope', narrow.refresh_token);
      expect((await app.refresh(narrow.refresh_token)).json()).toMatchObject({ scope: 'openid orders:read' });
    },
  );

  it.each([BILLING, 'https://api.example/nowhere', `${ORDERS}#part`])(
    'RT-05 X10 workers-oauth-provider 0.9.0 resource %s → invalid_target before rotation, still usable',
    async (resource) => {
      const { refresh_token } = await user.tokens();
      const answer = await unchanged(storage, tenant.id, () => web.refresh(refresh_token, { resource }));
      expectJsonError(answer, 400, 'invalid_target', refresh_token);
      expect((await web.refresh(refresh_token, { resource: ORDERS })).status).toBe(200);
    },
  );

  it('R3 a narrower scope narrows the access token; the refresh token keeps the full grant', async () => {
    const first = await user.tokens();
    const narrow = (await web.refresh(first.refresh_token, { scope: 'orders:read' })).json<Tokens>();
    expect(narrow.scope).toBe('orders:read');
    expect(narrow).not.toHaveProperty('id_token');
    expect(decodeJwt(narrow.access_token)).toMatchObject({ scope: 'orders:read', aud: ORDERS });
    const full = (await web.refresh(narrow.refresh_token)).json<Tokens>();
    expect([full.scope, decodeJwt(full.access_token)['scope']]).toEqual([first.scope, first.scope]);
  });

  it('R7 RT-10 without offline_access there is no refresh token, by default', async () => {
    for (const app of [web, tenant.app('spa')]) {
      const tokens = await new SignedOn(app).tokens({ scope: 'openid orders:read' });
      expect(tokens).not.toHaveProperty('refresh_token');
    }
  });

  it('R7 without the refresh grant there is none in spite of offline_access, and the scope is not granted', async () => {
    const tokens = await new SignedOn(tenant.app('without')).tokens();
    expect(tokens).not.toHaveProperty('refresh_token');
    expect(tokens.scope.split(' ')).not.toContain('offline_access');
  });

  it('R7 the preset issues one without offline_access', async () => {
    const preset = tenant.app('preset');
    const { refresh_token } = await new SignedOn(preset).tokens({ scope: 'openid orders:read' });
    expect((await preset.refresh(refresh_token)).status).toBe(200);
  });

  it('R7 OIDC Core §11 offline_access is granted only by a person who consented', async () => {
    const answer = await tenant
      .app('twin')
      .signIn(tenant.person(), { username: 'grace', password: 'another horse battery' });
    expect(answer.params()).toHaveProperty('code');
    const person = tenant.person();
    const page = await person.follow(tenant.app('preset').authorizeUrl());
    const consent = await person.signOn(page, 'grace', 'another horse battery');
    expect(consent.text).toContain('user.consent');
    expect((await person.consent(consent, false)).params()).toMatchObject({ error: 'access_denied' });
  });

  it('RT-11 X13 as a bearer token → 401 invalid_token, and it still refreshes', async () => {
    const { refresh_token } = await user.tokens();
    expectJsonError(await web.userInfo(refresh_token), 401, 'invalid_token', refresh_token);
    expect((await web.refresh(refresh_token)).status).toBe(200);
  });
});
