// The same class in a process of Grantway's own: GRANTS=…/dist/hosted.js for grant-host, or for the token service itself.
import { ApprovalsAway } from './approvals.js';

export const isInfrastructureError = (error: unknown): boolean => error instanceof ApprovalsAway;
export { providers } from './providers.js';
export { TransactionApprovalGrant } from './transaction-approval.grant.js';
