import { hashSecret, ServiceAccounts, ServiceTokens } from '@grantway/domain';
import { proveGrant, type World } from '@grantway/grant-sdk/testing';
import { aServiceAccount, MemoryStores } from '@grantway/testing';
import { ServiceTokenGrant } from './service-token.grant.js';

/** Tokens are `account jti`, of one environment; verifying real ones is another room's. */
const tokensOf = (world: World): ServiceTokens => ({
  read: async (environmentId, token) => {
    const [accountId, jti] = token.split(' ');
    return accountId && jti && environmentId === world.environment.id ? { accountId, jti } : undefined;
  },
});

it('design §5 service tokens keep the contract, inside the token service', async () => {
  const report = await proveGrant(ServiceTokenGrant, {
    singleUse: false,
    // Who names the client is asked before there is one, which no other process is.
    overTheWire: false,
    good: async (world) => {
      const { serviceAccounts } = new MemoryStores();
      await serviceAccounts.save(aServiceAccount({ clientId: world.client.id }));
      await serviceAccounts.rotate(world.environment.id, 'night', hashSecret('its-jti-of-now'));
      return {
        params: { assertion: 'night its-jti-of-now' },
        provide: [
          [ServiceTokens, tokensOf(world)],
          [ServiceAccounts, serviceAccounts],
        ],
      };
    },
  });
  report.assertOk();
});
