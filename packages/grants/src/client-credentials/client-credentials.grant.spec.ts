import { grantOptions } from '@grantway/grant-sdk';
import { ScopeSet } from '@grantway/protocol';
import { aMachineClient, grantHarness } from '@grantway/testing';
import { ClientCredentialsGrant } from './client-credentials.grant.js';

describe('client_credentials grant, RFC 6749 §4.4', () => {
  it('C4 the client itself is the subject, and nobody signed on', async () => {
    const { token } = await grantHarness(ClientCredentialsGrant, { client: aMachineClient() });
    const { issuance } = await token({}, { scope: ScopeSet.of('orders:read') });
    expect(issuance).toEqual({
      authorization: { subject: { kind: 'client', id: 'robot' }, scope: ScopeSet.of('orders:read'), resources: [] },
    });
  });

  it('R10 §4.4.3 no refresh token, nothing to spend', async () => {
    const { token } = await grantHarness(ClientCredentialsGrant, { client: aMachineClient() });
    const { issuance, refreshToken } = await token({});
    expect([issuance.refreshToken, issuance.spend, refreshToken]).toEqual([undefined, undefined, undefined]);
  });

  it('C3 without a scope the client’s default scopes', async () => {
    const client = aMachineClient({ defaultScopes: ['orders:read'], scopes: ['orders:read', 'stock:read'] });
    const { token } = await grantHarness(ClientCredentialsGrant, { client });
    expect((await token({})).issuance.authorization.scope.toArray()).toEqual(['orders:read']);
  });

  it('C3 without a scope and without defaults', async () => {
    const client = aMachineClient({ defaultScopes: [] });
    const { token } = await grantHarness(ClientCredentialsGrant, { client });
    await expect(token({})).rejects.toMatchObject({ code: 'invalid_scope' });
  });

  it.each(['openid', 'offline_access', 'profile', 'orders:place'])('C2 TX-03 %s needs a user', async (scope) => {
    const client = aMachineClient({ scopes: ['openid', 'offline_access', 'profile', 'orders:read', 'orders:place'] });
    const { token } = await grantHarness(ClientCredentialsGrant, { client });
    const asked = token({}, { scope: ScopeSet.of('orders:read', scope) });
    await expect(asked).rejects.toMatchObject({
      code: 'invalid_scope',
      detail: { description: `${scope} needs a user` },
    });
  });

  it('C1 CA-11 it is for confidential clients alone', () => {
    expect(grantOptions(ClientCredentialsGrant)).toMatchObject({ type: 'client_credentials', clients: 'confidential' });
  });
});
