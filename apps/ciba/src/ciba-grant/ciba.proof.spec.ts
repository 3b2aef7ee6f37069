import { Authorizations, BackchannelRequests, UserDirectory } from '@grantway/domain';
import { proveGrant } from '@grantway/grant-sdk/testing';
import { aNewBackchannelRequest, anAuthorization, MemoryStores, spenderOf } from '@grantway/testing';
import { CibaGrant } from './ciba.grant.js';

it('design §5 CIBA keeps the contract', async () => {
  const report = await proveGrant(CibaGrant, {
    singleUse: true,
    good: async ({ environment, client, user }) => {
      const stores = new MemoryStores();
      stores.users.add(user);
      const made = aNewBackchannelRequest({ environmentId: environment.id, clientId: client.id, userId: user.id });
      const started = await stores.backchannel.start(made, { perUser: 10, perClient: 10 });
      if (!('authReqId' in started)) throw new Error('not started');
      const approved = anAuthorization({ subject: { kind: 'user', id: user.id } });
      await stores.backchannel.decide(environment.id, started.id, user.id, approved);
      return {
        params: { auth_req_id: started.authReqId },
        provide: [
          [BackchannelRequests, stores.backchannel],
          [Authorizations, stores.authorizations],
          [UserDirectory, stores.users],
        ],
        spend: spenderOf(stores),
      };
    },
  });
  report.assertOk();
});
