import * as oidc from 'openid-client';
import type { Browser } from 'playwright-core';
import { openBrowser, Surfer } from './support/browser.js';
import { Callback, type Visit } from './support/callback.js';
import { ADA, Tenant } from './support/environments.js';

/** Pushed requests, hybrid, implicit and form_post as somebody else's library does them, in a real browser. */
describe('openid-client 6 beyond the plain code flow', () => {
  let tenant: Tenant;
  let callback: Callback;
  let browser: Browser;

  beforeAll(async () => {
    [callback, browser] = await Promise.all([Callback.open(), openBrowser()]);
    tenant = await Tenant.create((file) => {
      file.grantTypes = ['authorization_code', 'refresh_token', 'client_credentials', 'implicit'];
      const [web] = file.clients;
      if (!web) return;
      web.redirectUris = [callback.redirectUri];
      web.grantTypes = ['authorization_code', 'refresh_token', 'implicit'];
      web.responseTypes = ['code', 'id_token', 'code id_token'];
    });
  });
  afterAll(async () => {
    await Promise.all([browser.close(), callback.close()]);
  });

  async function configure(...execute: ((config: oidc.Configuration) => void)[]): Promise<oidc.Configuration> {
    const { secret = '' } = tenant.client('web');
    return oidc.discovery(new URL(tenant.issuer), 'web', undefined, oidc.ClientSecretBasic(secret), {
      execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks, ...execute],
    });
  }

  /** Through sign-in and consent. @returns what came back to the client's address */
  async function visit(start: URL): Promise<Visit> {
    const surfer = await Surfer.open(browser);
    await surfer.page.goto(start.href);
    await surfer.signOn(ADA.username, ADA.password);
    const allow = surfer.page.getByRole('button', { name: 'Allow' });
    const back = callback.next();
    await Promise.race([back, allow.click().catch(() => back)]);
    const answer = await back;
    // A fragment never reaches a server, so the browser is asked for it.
    await surfer.page.waitForURL(`${callback.redirectUri}*`);
    const url = new URL(surfer.page.url());
    expect(surfer.complaints).toEqual([]);
    await surfer.close();
    return { ...answer, url };
  }

  const request = async (more: Record<string, string> = {}) => {
    const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
    const params = {
      redirect_uri: callback.redirectUri,
      scope: 'openid profile orders:read',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...{ state, nonce, ...more },
    };
    return { verifier, state, nonce, params };
  };

  it('P1 P3 a pushed request', async () => {
    const config = await configure();
    const { verifier, state, nonce, params } = await request();
    const url = await oidc.buildAuthorizationUrlWithPAR(config, params);
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
    const { url: answer } = await visit(url);
    const tokens = await oidc.authorizationCodeGrant(config, answer, {
      ...{ pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true },
    });
    expect(tokens.claims()?.aud).toBe('web');
  });

  it('H1 H3 code id_token: the library checks c_hash, nonce and both ID tokens', async () => {
    const config = await configure(oidc.useCodeIdTokenResponseType);
    const { verifier, state, nonce, params } = await request();
    const { url } = await visit(oidc.buildAuthorizationUrl(config, params));
    const tokens = await oidc.authorizationCodeGrant(config, url, {
      ...{ pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce },
    });
    expect(tokens.claims()?.['name']).toBeUndefined();
    expect(await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '')).toMatchObject({
      name: 'Ada Lovelace',
    });
  });

  it('I2 I4 id_token alone', async () => {
    const config = await configure(oidc.useIdTokenResponseType);
    const { state, nonce, params } = await request();
    const { url } = await visit(oidc.buildAuthorizationUrl(config, params));
    const claims = await oidc.implicitAuthentication(config, url, nonce, { expectedState: state });
    expect(claims).toMatchObject({ aud: 'web', name: 'Ada Lovelace' });
  });

  it('I3 id_token by form_post', async () => {
    const config = await configure(oidc.useIdTokenResponseType);
    const { state, nonce, params } = await request({ response_mode: 'form_post' });
    const { url, form } = await visit(oidc.buildAuthorizationUrl(config, params));
    const posted = new Request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    });
    const claims = await oidc.implicitAuthentication(config, posted, nonce, { expectedState: state });
    expect(claims.sub).toEqual(expect.any(String));
  });
});
