import { proveGrant } from '@grantway/grant-sdk/testing';
import { ClientCredentialsGrant } from './client-credentials.grant.js';

it('design §5 client_credentials keeps the contract', async () => {
  const report = await proveGrant(ClientCredentialsGrant, { good: () => ({ params: {}, scope: 'orders:read' }) });
  report.assertOk();
});
