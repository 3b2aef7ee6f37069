import { Authorizations, RefreshTokenCodec } from '@grantway/domain';
import { proveGrant } from '@grantway/grant-sdk/testing';
import { aNewAuthorization, anAuthorization, aTokenFamily, MemoryStores, spenderOf } from '@grantway/testing';
import { RefreshTokenGrant } from './refresh-token.grant.js';

const SALT = Buffer.alloc(16, 3);

it('design §5 refresh_token keeps the contract, inside the token service', async () => {
  const codec = new RefreshTokenCodec(Buffer.alloc(32, 7));
  const report = await proveGrant(RefreshTokenGrant, {
    singleUse: true,
    // A token family crosses no wire.
    overTheWire: false,
    client: { refresh: { grace: 0, onReuse: 'revoke_family', withoutOfflineAccess: false } },
    good: async ({ environment, client, user }) => {
      const stores = new MemoryStores();
      const authorization = anAuthorization({ subject: { kind: 'user', id: user.id } });
      const made = { environmentId: environment.id, clientId: client.id, family: aTokenFamily({ salt: SALT }) };
      const id = await stores.authorizations.record(aNewAuthorization({ ...made, authorization }));
      return {
        params: { refresh_token: codec.format(id, SALT, 0) },
        provide: [
          [Authorizations, stores.authorizations],
          [RefreshTokenCodec, codec],
        ],
        spend: spenderOf(stores, codec),
      };
    },
  });
  report.assertOk();
});
