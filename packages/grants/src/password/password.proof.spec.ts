import { PasswordCheck } from '@grantway/domain';
import { proveGrant } from '@grantway/grant-sdk/testing';
import { MemoryStores } from '@grantway/testing';
import { PasswordGrant } from './password.grant.js';

it('design §5 password keeps the contract', async () => {
  const report = await proveGrant(PasswordGrant, {
    singleUse: false,
    waive: { 'wrong-client': 'a password is its user’s, whichever client sends it' },
    good: ({ user }) => {
      const { users, attempts } = new MemoryStores();
      users.add(user, 'correct horse');
      return {
        params: { username: user.username, password: 'correct horse' },
        scope: 'orders:read offline_access',
        provide: [[PasswordCheck, new PasswordCheck(users, attempts)]],
      };
    },
  });
  report.assertOk();
});
