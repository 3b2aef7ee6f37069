import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { ADA, ORDERS, SECRET, Tenant } from './support/environments.js';
import { EXCHANGE, typeOf, withExchange } from './support/exchange.js';
import { JWT_BEARER, newServiceToken } from './support/service-accounts.js';

/** Somebody else's library, as an application would use it. */
describe('openid-client 6: token exchange, service token and password', () => {
  let tenant: Tenant;
  let subjectToken: string;

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      withExchange(file);
      file.grantTypes = [...(file.grantTypes ?? []), JWT_BEARER, 'password'];
      const machines = { id: 'machines', auth: 'client_secret_basic' as const, secret: SECRET };
      file.clients.push({ ...machines, grantTypes: [JWT_BEARER, 'password'], scopes: ['openid', 'orders:read'] });
      file.serviceAccounts = [{ id: 'night', client: 'machines', scopes: ['orders:read'] }];
    });
    subjectToken = (await tenant.app('web').tokens(ADA, { scope: 'openid orders:read' })).access_token;
  });

  function configure(id: string, authentication: oidc.ClientAuth): Promise<oidc.Configuration> {
    return oidc.discovery(new URL(tenant.issuer), id, undefined, authentication, {
      execute: [oidc.allowInsecureRequests],
    });
  }

  it('T8 genericGrantRequest exchanges a token, and is told what it got', async () => {
    const config = await configure('backend', oidc.ClientSecretBasic(SECRET));
    const reply = await oidc.genericGrantRequest(config, EXCHANGE, {
      ...{ subject_token: subjectToken, subject_token_type: typeOf('access_token') },
      ...{ resource: ORDERS, scope: 'orders:read' },
    });
    expect(reply).toMatchObject({
      issued_token_type: typeOf('access_token'),
      token_type: 'bearer',
      scope: 'orders:read',
    });
    expect(reply.refresh_token).toBeUndefined();
    expect(decodeJwt(reply.access_token)).toMatchObject({ client_id: 'backend', aud: ORDERS });
  });

  it('T2 a refusal is an OAuth error to it', async () => {
    const config = await configure('backend', oidc.ClientSecretBasic(SECRET));
    const form = { subject_token: 'nonsense', subject_token_type: typeOf('access_token') };
    await expect(oidc.genericGrantRequest(config, EXCHANGE, form)).rejects.toMatchObject({
      error: 'invalid_request',
      status: 400,
    });
  });

  it.each([
    ['with its owner’s secret', oidc.ClientSecretBasic(SECRET)],
    ['with its owner’s id alone', oidc.None()],
  ])('S4 genericGrantRequest redeems a service token %s', async (_how, authentication) => {
    const config = await configure('machines', authentication);
    const reply = await oidc.genericGrantRequest(config, JWT_BEARER, {
      assertion: await newServiceToken(tenant, 'night'),
    });
    expect(reply).toMatchObject({ token_type: 'bearer', expires_in: 3600, scope: 'orders:read' });
    expect(decodeJwt(reply.access_token).sub).toBe('urn:grantway:serviceaccount:night');
  });

  it('S3 and is told of one that was rotated', async () => {
    const config = await configure('machines', oidc.ClientSecretBasic(SECRET));
    const before = await newServiceToken(tenant, 'night');
    const after = await newServiceToken(tenant, 'night');
    const redeem = (assertion: string) => oidc.genericGrantRequest(config, JWT_BEARER, { assertion });
    await expect(redeem(after)).resolves.toBeDefined();
    await expect(redeem(before)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('W1 genericGrantRequest with a password; the ID token passes its checks', async () => {
    const config = await configure('machines', oidc.ClientSecretBasic(SECRET));
    const reply = await oidc.genericGrantRequest(config, 'password', { ...ADA, scope: 'openid orders:read' });
    expect(reply.claims()).toMatchObject({ aud: 'machines', sub: decodeJwt(reply.access_token).sub });
  });
});
