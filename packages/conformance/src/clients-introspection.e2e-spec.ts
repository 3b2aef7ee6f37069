import * as oidc from 'openid-client';
import type { Browser } from 'playwright-core';
import { openBrowser, Surfer } from './support/browser.js';
import { Callback } from './support/callback.js';
import { withResources } from './support/companions.js';
import { ADA, SECRET, Tenant } from './support/environments.js';

/** Introspection, revocation and sign-off as somebody else's library asks for them, in a real browser. */
describe('openid-client 6: introspection, revocation, sign-off', () => {
  let tenant: Tenant;
  let callback: Callback;
  let browser: Browser;

  beforeAll(async () => {
    [callback, browser] = await Promise.all([Callback.open(), openBrowser()]);
    tenant = await Tenant.create((file) => {
      withResources(file);
      const [web] = file.clients;
      if (!web) return;
      web.redirectUris = [callback.redirectUri];
      web.postLogoutRedirectUris = [`${callback.origin}/bye`];
    });
  });
  afterAll(async () => {
    await Promise.all([browser.close(), callback.close()]);
  });

  const configure = (id: string, authentication = oidc.ClientSecretBasic(SECRET)) =>
    oidc.discovery(new URL(tenant.issuer), id, undefined, authentication, {
      execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
    });

  async function signIn(config: oidc.Configuration, surfer: Surfer) {
    const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: callback.redirectUri,
      scope: 'openid offline_access orders:read',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...{ state, nonce },
    });
    await surfer.page.goto(url.href);
    await surfer.signOn(ADA.username, ADA.password);
    const allow = surfer.page.getByRole('button', { name: 'Allow' });
    const back = callback.next();
    await Promise.race([back, allow.click().catch(() => back)]);
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
    return oidc.authorizationCodeGrant(config, (await back).url, checks);
  }

  it('RFC 7662 RFC 7009 a resource and a client ask, the client gives back', async () => {
    const web = await configure('web');
    const [orders, posting] = [await configure('orders'), await configure('orders', oidc.ClientSecretPost(SECRET))];
    const surfer = await Surfer.open(browser);
    const tokens = await signIn(web, surfer);
    await surfer.close();
    for (const config of [orders, posting, web]) {
      expect(await oidc.tokenIntrospection(config, tokens.access_token)).toMatchObject({
        ...{ active: true, client_id: 'web', username: 'ada', token_type: 'Bearer' },
        sub: tokens.claims()?.sub,
      });
    }
    const refresh = tokens.refresh_token as string;
    const hint = { token_type_hint: 'refresh_token' };
    expect(await oidc.tokenIntrospection(web, refresh, hint)).toMatchObject({ active: true });
    await oidc.tokenRevocation(web, refresh, hint);
    for (const token of [tokens.access_token, refresh]) {
      expect(await oidc.tokenIntrospection(web, token)).toEqual({ active: false });
    }
    const stranger = await configure('web', oidc.ClientSecretBasic('wrong'));
    await expect(oidc.tokenIntrospection(stranger, tokens.access_token)).rejects.toMatchObject({
      code: expect.any(String),
    });
  });

  it('OIDC RP-Initiated Logout §2 the library’s address ends the session; without its hint a person is asked', async () => {
    const config = await configure('web');
    const surfer = await Surfer.open(browser);
    const tokens = await signIn(config, surfer);
    const bye = `${callback.origin}/bye`;
    const silently = () => {
      const params = { redirect_uri: callback.redirectUri, scope: 'openid', prompt: 'none', state: 'x' };
      return surfer.page.goto(oidc.buildAuthorizationUrl(config, { ...params, ...PKCE }).href);
    };
    const PKCE = { code_challenge: 'c'.repeat(43), code_challenge_method: 'S256' };

    const params = { post_logout_redirect_uri: bye, state: 'parting' };
    await surfer.page.goto(oidc.buildEndSessionUrl(config, params).href);
    await surfer.page.getByRole('heading', { name: 'Do you want to sign off?' }).waitFor();
    await silently();
    expect((await callback.next()).url.searchParams.get('code')).not.toBeNull();
    await surfer.page.goto(oidc.buildEndSessionUrl(config, params).href);
    await surfer.page.getByRole('button', { name: 'Sign off' }).click();
    await surfer.page.waitForURL(`${bye}?state=parting`);
    await silently();
    expect((await callback.next()).url.searchParams.get('error')).toBe('login_required');

    const again = await signIn(config, surfer);
    const id_token_hint = again.id_token as string;
    expect(again.claims()?.sub).toBe(tokens.claims()?.sub);
    await surfer.page.goto(oidc.buildEndSessionUrl(config, { ...params, id_token_hint }).href);
    await surfer.page.waitForURL(`${bye}?state=parting`);
    await silently();
    expect((await callback.next()).url.searchParams.get('error')).toBe('login_required');
    await surfer.page.goto(oidc.buildEndSessionUrl(config, { id_token_hint }).href);
    await surfer.page.getByRole('heading', { name: 'You are signed off' }).waitFor();
    expect(surfer.complaints).toEqual([]);
    await surfer.close();
  });
});
