import * as oidc from 'openid-client';
import type { Browser } from 'playwright-core';
import { openBrowser, Surfer } from './support/browser.js';
import { Callback } from './support/callback.js';
import { ADA, Tenant } from './support/environments.js';

/** Somebody else's library, certified by the OpenID Foundation, as an application would use it. */
describe('openid-client 6', () => {
  let tenant: Tenant;
  let callback: Callback;
  let browser: Browser;

  beforeAll(async () => {
    [callback, browser] = await Promise.all([Callback.open(), openBrowser()]);
    tenant = await Tenant.create(({ clients }) => {
      for (const client of clients) if (client.redirectUris) client.redirectUris = [callback.redirectUri];
    });
  });
  afterAll(async () => {
    await Promise.all([browser.close(), callback.close()]);
  });

  async function configure(id: string, algorithm: 'oidc' | 'oauth2' = 'oidc'): Promise<oidc.Configuration> {
    const { secret } = tenant.client(id);
    const authentication = secret === undefined ? oidc.None() : oidc.ClientSecretBasic(secret);
    const config = await oidc.discovery(new URL(tenant.issuer), id, undefined, authentication, {
      algorithm,
      execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
    });
    return config;
  }

  /** Sends a browser through sign-in and consent. @returns the tokens the library accepted */
  async function signIn(config: oidc.Configuration, more: Record<string, string> = {}) {
    const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: callback.redirectUri,
      scope: 'openid profile email offline_access orders:read',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...{ state, nonce, ...more },
    });
    const surfer = await Surfer.open(browser);
    await surfer.page.goto(url.href);
    await surfer.signOn(ADA.username, ADA.password);
    // Asked for once: a confidential client's consent is remembered.
    const allow = surfer.page.getByRole('button', { name: 'Allow' });
    const back = callback.next();
    await Promise.race([back, allow.click().catch(() => back)]);
    const { url: answer } = await back;
    expect(surfer.complaints).toEqual([]);
    await surfer.close();
    return oidc.authorizationCodeGrant(config, answer, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
      ...(more['max_age'] !== undefined && { maxAge: Number(more['max_age']) }),
    });
  }

  it.each(['oidc', 'oauth2'] as const)(
    'A17 discovery by the rules of %s finds the issuer it was told',
    async (algorithm) => {
      const metadata = (await configure('web', algorithm)).serverMetadata();
      expect(metadata.issuer).toBe(tenant.issuer);
      expect(metadata.supportsPKCE()).toBe(true);
    },
  );

  it('A15 A8 R4 R8 a confidential client: code + PKCE in a browser, userinfo, refresh, refresh again', async () => {
    const config = await configure('web');
    const tokens = await signIn(config, { max_age: '600' });
    const { sub, auth_time } = tokens.claims() as oidc.IDToken;
    expect(typeof auth_time).toBe('number');
    expect(await oidc.fetchUserInfo(config, tokens.access_token, sub)).toMatchObject({ sub, name: 'Ada Lovelace' });
    const second = await oidc.refreshTokenGrant(config, tokens.refresh_token as string);
    expect([second.claims()?.sub, second.refresh_token === tokens.refresh_token]).toEqual([sub, false]);
    const third = await oidc.refreshTokenGrant(config, second.refresh_token as string, { scope: 'openid' });
    expect(third.scope).toBe('openid');
    expect(await oidc.fetchUserInfo(config, third.access_token, sub)).toEqual({ sub });
  });

  it('X3 A8 a public client: the same with nothing but PKCE', async () => {
    const config = await configure('spa');
    const tokens = await signIn(config);
    const sub = tokens.claims()?.sub as string;
    expect(await oidc.fetchUserInfo(config, tokens.access_token, sub)).toMatchObject({ sub, email: 'ada@example.com' });
    expect((await oidc.refreshTokenGrant(config, tokens.refresh_token as string)).claims()?.sub).toBe(sub);
  });

  it('C4 client credentials', async () => {
    const config = await configure('service');
    const tokens = await oidc.clientCredentialsGrant(config, { scope: 'orders:read' });
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'orders:read', expires_in: 3600 });
    expect(tokens.refresh_token).toBeUndefined();
    const refused = oidc.clientCredentialsGrant(config, { scope: 'openid' });
    await expect(refused).rejects.toMatchObject({ error: 'invalid_scope', status: 400 });
  });

  it('X8 what is refused reaches the application as the library’s own errors', async () => {
    const config = await configure('web');
    await expect(oidc.refreshTokenGrant(config, 'unknown')).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(oidc.fetchUserInfo(config, 'nonsense', oidc.skipSubjectCheck)).rejects.toMatchObject({
      cause: [{ scheme: 'bearer', parameters: { error: 'invalid_token' } }],
    });
  });
});
