import { serveGrant } from '@grantway/grant-sdk';
import { ApprovalsAway } from './approvals.js';
import { providers } from './providers.js';
import { TransactionApprovalGrant } from './transaction-approval.grant.js';

await serveGrant(TransactionApprovalGrant, {
  providers,
  isInfrastructureError: (error) => error instanceof ApprovalsAway,
});
