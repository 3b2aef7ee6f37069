import { hashSecret, type ServiceAccountSettings, ServiceTokens } from '@grantway/domain';
import { grantOptions } from '@grantway/grant-sdk';
import { aClient, anEnvironment, aServiceAccount, grantHarness } from '@grantway/testing';
import { ServiceTokenGrant } from './service-token.grant.js';

/** Tokens are `account jti`; verifying real ones is another room's. */
const tokens: ServiceTokens = {
  read: async (_environment, token) => {
    const [accountId, jti] = token.split(' ');
    return accountId && jti ? { accountId, jti } : undefined;
  },
};

async function withAccount(changes: Partial<ServiceAccountSettings> = {}) {
  const harness = await grantHarness(ServiceTokenGrant, { provide: new Map([[ServiceTokens, tokens]]) });
  const { serviceAccounts } = harness.stores;
  await serviceAccounts.save(aServiceAccount(changes));
  const account = await serviceAccounts.rotate('acme', 'night', hashSecret('now'));
  const grant = new ServiceTokenGrant(tokens, serviceAccounts);
  const clientOf = (assertion: string) => grant.clientOf({ environment: anEnvironment(), params: { assertion } });
  return { ...harness, account, clientOf };
}

describe('service token, RFC 7523 §2.1', () => {
  it('S6 the account is the subject; aud names the owner and the bindings; it falls with its version', async () => {
    const { token, account } = await withAccount();
    const { issuance } = await token({ assertion: 'night now' });
    expect(issuance).toMatchObject({
      authorization: { subject: { kind: 'service_account', id: 'night' }, resources: [] },
      audiences: ['shop', 'warehouse'],
      serviceAccountVersion: account?.version,
    });
    expect(issuance.authorization).not.toHaveProperty('authentication');
  });

  it('S4 the whole list is authorized, without what needs a user', async () => {
    const { token } = await withAccount({ scopes: ['orders:read', 'orders:place', 'openid'] });
    const { issuance } = await token({ assertion: 'night now' });
    expect(issuance.authorization.scope.toArray()).toEqual(['orders:read']);
  });

  it('S4 what its owner is not registered for any more, it may not either', async () => {
    const { token } = await withAccount({ scopes: ['orders:read', 'stock:read'] });
    const { issuance } = await token({ assertion: 'night now' });
    expect(issuance.authorization.scope.toArray()).toEqual(['orders:read']);
  });

  it('R10 no refresh token, nothing to spend', async () => {
    const { token } = await withAccount();
    const { issuance } = await token({ assertion: 'night now' });
    expect([issuance.refreshToken, issuance.spend]).toEqual([undefined, undefined]);
  });

  it('S5 it says whose it is, as often as it is asked', async () => {
    const { clientOf } = await withAccount();
    expect([await clientOf('night now'), await clientOf('night now')]).toEqual(['shop', 'shop']);
  });

  it('S1 without an assertion', async () => {
    const { token } = await withAccount();
    await expect(token({})).rejects.toMatchObject({
      code: 'invalid_request',
      detail: { description: 'assertion is missing' },
    });
  });

  it.each([
    ['S2 no token of ours', {}, 'nonsense', 'assertion'],
    ['S3 an account that is not there', {}, 'day now', 'unknown'],
    ['S3 another environment’s account', { environmentId: 'other' }, 'night now', 'unknown'],
    ['S3 an account that is switched off', { enabled: false }, 'night now', 'disabled'],
    ['S3 TX-08 a token of before the rotation', {}, 'night before', 'rotated'],
  ])('%s: one answer', async (_what, changes, assertion, reason) => {
    const { token, clientOf } = await withAccount(changes);
    const refusal = {
      code: 'invalid_grant',
      detail: { description: 'the assertion is not valid', reason: `service_token.${reason}` },
    };
    await expect(token({ assertion })).rejects.toMatchObject(refusal);
    await expect(clientOf(assertion)).rejects.toMatchObject(refusal);
  });

  it('S3 an account that never had a token', async () => {
    const { stores, token } = await withAccount();
    await stores.serviceAccounts.save(aServiceAccount({ id: 'new' }));
    await expect(token({ assertion: 'new now' })).rejects.toMatchObject({ code: 'invalid_grant' });
  });

  it('house: an account that changed hands in between', async () => {
    const { token } = await withAccount();
    const asked = token({ assertion: 'night now' }, { client: aClient({ id: 'other' }) });
    await expect(asked).rejects.toMatchObject({ code: 'invalid_grant' });
  });

  it('RFC 7521 §4.1 the assertion names the client', () => {
    expect(grantOptions(ServiceTokenGrant)).toMatchObject({
      type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      clients: 'named-by-grant',
    });
  });
});
