import * as oidc from 'openid-client';
import { Approver, type Asked, cibaTenant, Till } from './support/ciba.js';
import { ADA, SECRET, type Tenant } from './support/environments.js';
import { everywhere } from './support/everywhere.js';
import { request } from './support/http.js';
import { target } from './support/target.js';

/** Somebody else's library, as a till would use it. */
describe('openid-client 6, CIBA', () => {
  let tenant: Tenant;

  beforeAll(async () => {
    tenant = await cibaTenant((file) => {
      file.lifetimes = { backchannelInterval: 1 };
    });
    const discovery = () => request(`${tenant.issuer}/.well-known/openid-configuration`);
    await everywhere(discovery, (answer) => answer.text.includes('backchannel_authentication_endpoint'));
  });

  function configure(): Promise<oidc.Configuration> {
    const execute = [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks];
    return oidc.discovery(new URL(tenant.issuer), 'till', undefined, oidc.ClientSecretBasic(SECRET), { execute });
  }

  /** The library polls while a person decides. */
  async function run(verdict: 'approve' | 'deny', params: Record<string, string>) {
    const config = await configure();
    const started = await oidc.initiateBackchannelAuthentication(config, { login_hint: ADA.username, ...params });
    const signal = AbortSignal.timeout(30_000);
    const polling = oidc.pollBackchannelAuthenticationGrant(config, started, undefined, { signal });
    const approver = new Approver(tenant, tenant.person(), target.baseUrl);
    const [tokens] = await Promise.allSettled([polling, approver.answer(started as unknown as Asked, verdict)]);
    return { config, tokens };
  }

  it('B9 B12 asks, polls, and gets what the person allowed', async () => {
    const { config, tokens } = await run('approve', {
      scope: 'openid profile offline_access',
      binding_message: 'Till 4',
      requested_expiry: '60',
    });
    if (tokens.status === 'rejected') throw tokens.reason;
    const { sub } = tokens.value.claims() as oidc.IDToken;
    expect(tokens.value.scope).toBe('openid profile offline_access');
    expect(await oidc.fetchUserInfo(config, tokens.value.access_token, sub)).toMatchObject({ name: 'Ada Lovelace' });
    const second = await oidc.refreshTokenGrant(config, tokens.value.refresh_token as string);
    expect(second.claims()?.sub).toBe(sub);
  });

  it('B9 a refusal reaches the program as the library’s own error', async () => {
    const { tokens } = await run('deny', { scope: 'openid' });
    expect(tokens).toMatchObject({ status: 'rejected', reason: { error: 'access_denied', status: 400 } });
  });

  it('B1 B2 so does what is refused at the start', async () => {
    const config = await configure();
    const ask = (params: Record<string, string>) => oidc.initiateBackchannelAuthentication(config, params);
    await expect(ask({ scope: 'openid' })).rejects.toMatchObject({ error: 'invalid_request', status: 400 });
    await expect(ask({ scope: 'openid', login_hint: 'nobody' })).rejects.toMatchObject({ error: 'unknown_user_id' });
    expect(await ask({ scope: 'openid', login_hint: Till.somebody() })).toHaveProperty('auth_req_id');
  });
});
