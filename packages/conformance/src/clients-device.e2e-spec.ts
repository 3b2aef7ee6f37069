import * as oidc from 'openid-client';
import { answerDevice, deviceTenant, enterCode, type Started } from './support/device.js';
import type { Tenant } from './support/environments.js';
import { everywhere } from './support/everywhere.js';
import { request } from './support/http.js';

/** Somebody else's library, as the program in a device would use it. */
describe('openid-client 6, device code', () => {
  let tenant: Tenant;

  beforeAll(async () => {
    tenant = await deviceTenant(({ clients }) => {
      for (const client of clients)
        if (client.grantTypes.length === 2 && client.id !== 'web') client.device = { ...client.device, interval: 1 };
    });
    const discovery = () => request(`${tenant.issuer}/.well-known/openid-configuration`);
    await everywhere(discovery, (answer) => answer.text.includes('device_authorization_endpoint'));
  });

  function configure(id: 'tv' | 'console'): Promise<oidc.Configuration> {
    const { secret } = tenant.client(id);
    const authentication = secret === undefined ? oidc.None() : oidc.ClientSecretBasic(secret);
    const execute = [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks];
    return oidc.discovery(new URL(tenant.issuer), id, undefined, authentication, { execute });
  }

  /** The library polls while a person decides. */
  async function run(id: 'tv' | 'console', accept: boolean, params: Record<string, string>, proof = {}) {
    const config = await configure(id);
    const started = await oidc.initiateDeviceAuthorization(config, params);
    const polling = oidc.pollDeviceAuthorizationGrant(config, started, proof, { signal: AbortSignal.timeout(30_000) });
    const person = tenant.person();
    const deciding = enterCode(person, started as unknown as Started).then((page) =>
      answerDevice(person, page, accept),
    );
    const [tokens] = await Promise.allSettled([polling, deciding]);
    return { config, tokens };
  }

  it.each(['tv', 'console'] as const)('D2 D9 %s: starts, polls, and gets what the person allowed', async (id) => {
    const { config, tokens } = await run(id, true, { scope: 'openid profile orders:read' });
    if (tokens.status === 'rejected') throw tokens.reason;
    const { sub } = tokens.value.claims() as oidc.IDToken;
    expect(tokens.value.scope).toBe('openid profile orders:read');
    expect(await oidc.fetchUserInfo(config, tokens.value.access_token, sub)).toMatchObject({ name: 'Ada Lovelace' });
  });

  it('DV-08 with a verifier of its own, and a refresh token', async () => {
    const code_verifier = oidc.randomPKCECodeVerifier();
    const code_challenge = await oidc.calculatePKCECodeChallenge(code_verifier);
    const params = { scope: 'openid offline_access', code_challenge, code_challenge_method: 'S256' };
    const { config, tokens } = await run('tv', true, params, { code_verifier });
    if (tokens.status === 'rejected') throw tokens.reason;
    const second = await oidc.refreshTokenGrant(config, tokens.value.refresh_token as string);
    expect(second.claims()?.sub).toBe(tokens.value.claims()?.sub);
  });

  it('D4 a refusal reaches the program as the library’s own error', async () => {
    const { tokens } = await run('tv', false, { scope: 'openid' });
    expect(tokens).toMatchObject({ status: 'rejected', reason: { error: 'access_denied', status: 400 } });
  });

  it('D1 so does what is refused at the start', async () => {
    const refused = oidc.initiateDeviceAuthorization(await configure('tv'), { scope: 'nonsense' });
    await expect(refused).rejects.toMatchObject({ error: 'invalid_scope', status: 400 });
  });
});
