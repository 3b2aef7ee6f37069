import { createHash } from 'node:crypto';
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import type { Answer } from './support/answer.js';
import type { App, Tokens } from './support/app.js';
import { Storage } from './support/database.js';
import { ADA, BILLING, ORDERS, SECRET, Tenant } from './support/environments.js';
import { basic, postForm, request } from './support/http.js';
import { pushed, pushedUrl } from './support/pushed.js';
import { expectClean, expectJsonError, expectRedirectError, unchanged } from './support/verdict.js';

const IMPLICIT = ['token', 'id_token', 'id_token token'] as const;
const HYBRID = ['code id_token', 'code token', 'code id_token token'] as const;
const ALL = [...IMPLICIT, ...HYBRID];
const NO_PKCE = { code_challenge: undefined, code_challenge_method: undefined };

const leftHalf = (text: string) => createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');

/** An environment in which two clients may ask for everything, and one as usual for codes. */
function open(change: (file: Parameters<Parameters<typeof Tenant.create>[0] & object>[0]) => void = () => {}) {
  return Tenant.create((file) => {
    file.grantTypes = ['authorization_code', 'refresh_token', 'client_credentials', 'implicit'];
    const [web, spa] = file.clients;
    for (const client of [web, spa]) {
      if (!client) continue;
      file.clients.push({
        ...client,
        id: `${client.id}-front`,
        grantTypes: ['authorization_code', 'refresh_token', 'implicit'],
        responseTypes: ['code', ...ALL],
      });
    }
    change(file);
  });
}

describe('tokens through the browser', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let web: App;
  let spa: App;

  beforeAll(async () => {
    tenant = await open();
    [web, spa] = [tenant.app('web-front'), tenant.app('spa-front')];
  });
  afterAll(() => storage.close());

  async function verified(jwt: string, app: App): Promise<JWTPayload> {
    const keys = createRemoteJWKSet(new URL(`${app.issuer}/jwks`));
    return (await jwtVerify(jwt, keys, { issuer: app.issuer })).payload;
  }

  /** The fragment's fields, each once. */
  function fragment(answer: Answer, app: App): Record<string, string> {
    expectClean(answer);
    expect(answer.location?.startsWith(`${app.redirectUri}#`)).toBe(true);
    const pairs = [...new URLSearchParams(new URL(answer.location ?? '').hash.slice(1))];
    expect(new Set(pairs.map(([name]) => name)).size).toBe(pairs.length);
    return Object.fromEntries(pairs);
  }

  const ask = (app: App, response_type: string, changes: Record<string, string | undefined> = {}) =>
    app.signIn(tenant.person(), ADA, { response_type, ...changes });

  describe('implicit', () => {
    it('I1 A17 AZ-09 token: state, iss, lifetime and scope come with it, in the fragment', async () => {
      const { access_token = '', ...fields } = fragment(await ask(spa, 'token', NO_PKCE), spa);
      expect(fields).toEqual({
        ...{ token_type: 'Bearer', expires_in: '3600', state: 'state-1', iss: spa.issuer },
        scope: 'openid profile email orders:read orders:write',
      });
      expect(await verified(access_token, spa)).toMatchObject({
        aud: ORDERS,
        client_id: 'spa-front',
        sid: expect.anything(),
      });
      expect((await spa.userInfo(access_token)).json()).toMatchObject({ name: 'Ada Lovelace' });
    });

    it('I4 id_token alone carries what its scopes ask for, and no at_hash', async () => {
      const fields = fragment(await ask(spa, 'id_token', { ...NO_PKCE, scope: 'openid profile' }), spa);
      expect(Object.keys(fields).sort()).toEqual(['id_token', 'iss', 'state']);
      const claims = await verified(fields['id_token'] ?? '', spa);
      expect(claims).toMatchObject({ aud: 'spa-front', nonce: 'nonce-1', name: 'Ada Lovelace', given_name: 'Ada' });
      expect(claims).not.toHaveProperty('email');
      expect(claims).not.toHaveProperty('at_hash');
    });

    it.each(['id_token token', 'token id_token'])('I4 %s: at_hash binds the two', async (type) => {
      const fields = fragment(await ask(spa, type, NO_PKCE), spa);
      const claims = await verified(fields['id_token'] ?? '', spa);
      expect(claims['at_hash']).toBe(leftHalf(fields['access_token'] ?? ''));
      expect(claims).not.toHaveProperty('c_hash');
      expect(claims).not.toHaveProperty('name');
    });

    it.each(IMPLICIT)('R10 I5 %s brings neither code nor refresh token, whatever was asked', async (type) => {
      const fields = fragment(await ask(web, type), web);
      expect(fields).not.toHaveProperty('code');
      expect(fields).not.toHaveProperty('refresh_token');
      expect(fields['scope'] ?? '').not.toContain('offline_access');
    });

    it('I3 form_post', async () => {
      const answer = await ask(web, 'id_token token', { response_mode: 'form_post' });
      expectClean(answer);
      expect([answer.status, answer.formAction()]).toEqual([200, web.redirectUri]);
      expect(answer.hiddenFields()).toMatchObject({ state: 'state-1', iss: web.issuer, token_type: 'Bearer' });
    });

    it('X10 RFC 8707 a resource limits the token as it does elsewhere', async () => {
      const fields = fragment(
        await ask(spa, 'token', { ...NO_PKCE, resource: ORDERS, scope: 'openid orders:read' }),
        spa,
      );
      expect(await verified(fields['access_token'] ?? '', spa)).toMatchObject({ aud: ORDERS });
      const elsewhere = await request(spa.authorizeUrl({ response_type: 'token', resource: BILLING }));
      expect(new URL(elsewhere.location ?? '').hash).toContain('error=invalid_target');
    });

    it('IR-03 R9 the token ends with the session it came from', async () => {
      const person = tenant.person();
      const { access_token = '' } = fragment(
        await spa.signIn(person, ADA, { response_type: 'token', ...NO_PKCE }),
        spa,
      );
      expect((await spa.userInfo(access_token)).status).toBe(200);
      const [record] = await storage.rows<{ session_id: string }>(
        `SELECT session_id FROM authorization_record WHERE environment_id = $1 AND client_id = 'spa-front' ORDER BY id DESC LIMIT 1`,
        [tenant.id],
      );
      await storage.rows('UPDATE session SET ended_at = now() WHERE id = $1', [record?.session_id]);
      expect((await spa.userInfo(access_token)).status).toBe(401);
    });

    it('I6 the token endpoint knows no such grant', async () => {
      expectJsonError(await web.token({ grant_type: 'implicit' }), 400, 'unsupported_grant_type');
    });
  });

  describe('hybrid', () => {
    it.each(HYBRID)(
      'H1 H3 H4 %s: both legs are about the same person, and each is bound to the other',
      async (type) => {
        const front = fragment(await ask(web, type), web);
        expect(front).toMatchObject({ state: 'state-1', iss: web.issuer, code: expect.stringMatching(/^gwac_/) });
        const back = (await web.redeem(front['code'] ?? '')).json<Tokens>();
        const claims = await verified(back.id_token, web);
        // H4: what may be refreshed comes from the token endpoint alone.
        expect(front).not.toHaveProperty('refresh_token');
        expect(back.refresh_token).toMatch(/^gwrt_/);
        expect('access_token' in front).toBe(type.includes(' token'));
        expect('id_token' in front).toBe(type.includes('id_token'));
        if (!type.includes('id_token')) return;
        const fronted = await verified(front['id_token'] ?? '', web);
        expect([fronted.iss, fronted.sub, fronted['nonce']]).toEqual([claims.iss, claims.sub, 'nonce-1']);
        expect(fronted['c_hash']).toBe(leftHalf(front['code'] ?? ''));
        expect(fronted['at_hash']).toBe(front['access_token'] && leftHalf(front['access_token']));
      },
    );

    it('H2 code token needs neither openid nor nonce', async () => {
      const front = fragment(await ask(web, 'code token', { scope: 'orders:read', nonce: undefined }), web);
      expect(front).toMatchObject({ code: expect.any(String), access_token: expect.any(String), scope: 'orders:read' });
    });

    it('H4 the code leg wants its verifier', async () => {
      const { code = '' } = fragment(await ask(spa, 'code id_token'), spa);
      expectJsonError(await spa.redeem(code, { code_verifier: undefined }), 400, 'invalid_grant');
      expect((await spa.redeem(code)).status).toBe(200);
      const noPkce = await request(spa.authorizeUrl({ response_type: 'code id_token', ...NO_PKCE }));
      expect(new URL(noPkce.location ?? '').hash).toContain('error=invalid_request');
    });

    it('A12 CO-01 the code used twice ends what came of it', async () => {
      const { code = '' } = fragment(await ask(web, 'code id_token'), web);
      const { access_token } = (await web.redeem(code)).json<Tokens>();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expectJsonError(await web.redeem(code), 400, 'invalid_grant');
      expect((await web.userInfo(access_token)).status).toBe(401);
    });

    it('H1 pushed as any other request', async () => {
      const url = pushedUrl(web, await pushed(web, { response_type: 'code id_token' }));
      const person = tenant.person();
      let answer = await person.signOn(await person.follow(url), ADA.username, ADA.password);
      if (answer.text.includes('user.consent')) answer = await person.consent(answer);
      expect(fragment(answer, web)).toMatchObject({ code: expect.any(String), id_token: expect.any(String) });
    });
  });

  describe('refusals, all of them in the fragment', () => {
    it.each(ALL)('A3 I3 H1 %s and response_mode=query', async (response_type) => {
      const answer = await unchanged(storage, tenant.id, () =>
        request(web.authorizeUrl({ response_type, response_mode: 'query' })),
      );
      expectRedirectError(answer, web, 'invalid_request');
      expect(new URL(answer.location ?? '').hash).not.toBe('');
    });

    it.each(ALL.filter((type) => type.includes('id_token')))(
      'I2 H2 OI-01 %s without nonce, without openid',
      async (response_type) => {
        for (const changes of [{ nonce: undefined }, { nonce: '' }, { scope: 'orders:read' }]) {
          const answer = await unchanged(storage, tenant.id, () =>
            request(web.authorizeUrl({ response_type, ...changes })),
          );
          expectRedirectError(answer, web, 'invalid_request');
          expect(new URL(answer.location ?? '').search).toBe('');
        }
      },
    );

    it.each(ALL)('I5 H1 AZ-12 %s at a client that did not register it', async (response_type) => {
      const plain = tenant.app('web');
      const answer = await unchanged(storage, tenant.id, () => request(plain.authorizeUrl({ response_type })));
      expectRedirectError(answer, plain, 'unauthorized_client');
      expect(new URL(answer.location ?? '').search).toBe('');
    });

    it('A6 AZ-16 prompt=none without a session', async () => {
      expectRedirectError(
        await request(spa.authorizeUrl({ response_type: 'token', prompt: 'none' })),
        spa,
        'login_required',
      );
    });

    it('A5 the person says no', async () => {
      const person = tenant.person();
      const page = await person.follow(spa.authorizeUrl({ response_type: 'id_token', prompt: 'consent' }));
      const consent = await person.signOn(page, ADA.username, ADA.password);
      const answer = await person.consent(consent, false);
      expectRedirectError(answer, spa, 'access_denied');
      expect(new URL(answer.location ?? '').search).toBe('');
    });
  });

  it('I5 off unless environment and client have it: not advertised, not served', async () => {
    const plain = await Tenant.create();
    const metadata = (await request(`${plain.issuer}/.well-known/openid-configuration`)).json();
    expect([metadata['response_types_supported'], metadata['grant_types_supported']]).toEqual([
      ['code'],
      expect.not.arrayContaining(['implicit']),
    ]);
    const opened = (await request(`${tenant.issuer}/.well-known/openid-configuration`)).json();
    expect(opened['response_types_supported']).toEqual(['code', ...ALL]);
    expect(opened['grant_types_supported']).toEqual(expect.arrayContaining(['implicit']));
    await expect(
      Tenant.create(({ clients }) => {
        clients.push({ ...(clients[0] as (typeof clients)[0]), id: 'x', responseTypes: ['id_token'] });
      }),
    ).rejects.toThrow(/implicit/);
  });

  it('AZ-09 MT-01 two environments say two issuers', async () => {
    const other = await open();
    const app = other.app('web-front');
    const answer = await app.signIn(other.person(), ADA, { response_type: 'id_token' });
    expect([fragment(answer, app)['iss'], app.issuer === web.issuer]).toEqual([app.issuer, false]);
    const { id_token = '' } = fragment(answer, app);
    await expect(verified(id_token, web)).rejects.toThrow();
  });

  it('OI-04 claims reveals nothing that scope and consent do not cover', async () => {
    const claims = JSON.stringify({
      userinfo: { email: { essential: true } },
      id_token: { email: { essential: true } },
    });
    const fields = fragment(await ask(spa, 'id_token token', { ...NO_PKCE, scope: 'openid', claims }), spa);
    expect(await verified(fields['id_token'] ?? '', spa)).not.toHaveProperty('email');
    expect((await spa.userInfo(fields['access_token'] ?? '')).json()).not.toHaveProperty('email');
  });

  it('OI-03 an essential acr that cannot be met is refused, a wish is not', async () => {
    const wanting = (acr: object) => web.authorizeUrl({ claims: JSON.stringify({ id_token: { acr } }) });
    const answer = await unchanged(storage, tenant.id, () =>
      request(wanting({ essential: true, values: ['Multi_Factor'] })),
    );
    expectRedirectError(answer, web, 'unmet_authentication_requirements');
    expect((await request(wanting({ values: ['Multi_Factor'] }))).location).toContain('/signon');
    expect((await request(web.authorizeUrl({ acr_values: 'Multi_Factor' }))).location).toContain('/signon');
  });

  it('RT-11 JW-03 an ID token from the fragment opens nothing', async () => {
    const { id_token = '' } = fragment(await ask(spa, 'id_token', NO_PKCE), spa);
    expect((await spa.userInfo(id_token)).status).toBe(401);
    const asCode = await postForm(
      `${web.issuer}/token`,
      { grant_type: 'authorization_code', code: id_token, redirect_uri: web.redirectUri },
      basic('web-front', SECRET),
    );
    // Longer than any code of ours.
    expectJsonError(asCode, 400, 'invalid_request');
  });
});
