import { AuthorizationCodes, Authorizations } from '@grantway/domain';
import { proveGrant } from '@grantway/grant-sdk/testing';
import { codeChallenge } from '@grantway/protocol';
import { aNewCode, anAuthorization, issueCode, MemoryStores, spenderOf } from '@grantway/testing';
import { AuthorizationCodeGrant } from './authorization-code.grant.js';

const VERIFIER = 'v'.repeat(43);
const REDIRECT = 'https://shop.example/callback';

it('design §5 authorization_code keeps the contract, inside the token service', async () => {
  const report = await proveGrant(AuthorizationCodeGrant, {
    singleUse: true,
    // What only the token service may spend crosses no wire.
    overTheWire: false,
    good: async ({ environment, client, user }) => {
      const stores = new MemoryStores();
      const code = await issueCode(
        stores,
        aNewCode({
          ...{ environmentId: environment.id, clientId: client.id, redirectUri: REDIRECT },
          ...{ codeChallenge: codeChallenge(VERIFIER, 'S256'), codeChallengeMethod: 'S256' },
          authorization: anAuthorization({ subject: { kind: 'user', id: user.id } }),
        }),
      );
      return {
        params: { code, redirect_uri: REDIRECT, code_verifier: VERIFIER },
        provide: [
          [AuthorizationCodes, stores.codes],
          [Authorizations, stores.authorizations],
        ],
        spend: spenderOf(stores),
      };
    },
  });
  report.assertOk();
});
