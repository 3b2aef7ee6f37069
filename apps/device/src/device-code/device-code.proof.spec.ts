import { Authorizations, DeviceAuthorizations } from '@grantway/domain';
import { proveGrant } from '@grantway/grant-sdk/testing';
import { codeChallenge } from '@grantway/protocol';
import { aNewDevice, anAuthorization, MemoryStores, spenderOf } from '@grantway/testing';
import { DeviceCodeGrant } from './device-code.grant.js';

const VERIFIER = 'v'.repeat(43);

it('design §5 device_code keeps the contract', async () => {
  const report = await proveGrant(DeviceCodeGrant, {
    singleUse: true,
    good: async ({ environment, client, user }) => {
      const stores = new MemoryStores();
      const made = aNewDevice({ environmentId: environment.id, clientId: client.id });
      const started = await stores.devices.start({ ...made, codeChallenge: codeChallenge(VERIFIER, 'S256') }, 10);
      if (!('deviceCode' in started)) throw new Error('not started');
      const { id } = (await stores.devices.findByUserCode(environment.id, made.userCodeHash)) ?? { id: '' };
      await stores.devices.decide(environment.id, id, anAuthorization({ subject: { kind: 'user', id: user.id } }));
      return {
        params: { device_code: started.deviceCode, code_verifier: VERIFIER },
        provide: [
          [DeviceAuthorizations, stores.devices],
          [Authorizations, stores.authorizations],
        ],
        spend: spenderOf(stores),
      };
    },
  });
  report.assertOk();
});
