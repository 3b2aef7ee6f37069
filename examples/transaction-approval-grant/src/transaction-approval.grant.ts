import { Grant, type GrantHandler, type Issuance, OAuthError, ScopeSet, type TokenRequest } from '@grantway/grant-sdk';
import { type ApprovalFacts, Approvals } from './approvals.js';
import { TransactionApprovalParams } from './transaction-approval.params.js';

export const TRANSACTION_APPROVAL = 'urn:northbank:params:oauth:grant-type:transaction-approval';
/** The one API such a token is for, and the one thing it allows there. */
export const PAYMENTS = 'https://payments.northbank.example';
export const RELEASE = 'payments:release';
/** Milliseconds. Releasing follows at once, or the employee approves again. */
const LONGEST_TOKEN = 120_000;

/** An employee approved one transaction: the token releases that one, once approved, within two minutes. */
@Grant({
  type: TRANSACTION_APPROVAL,
  params: TransactionApprovalParams,
  clients: 'confidential',
  slug: 'transaction-approval',
  spends: 'once',
})
export class TransactionApprovalGrant implements GrantHandler<TransactionApprovalParams> {
  constructor(private readonly approvals: Approvals) {}

  async handle(request: TokenRequest<TransactionApprovalParams>): Promise<Issuance> {
    const { environment, client, params } = request;
    const approval = await this.approvals.find(params.transaction_id, params.approval_code);

    // Whoever tries codes learns nothing: no such code, somebody else's and too late look the same from outside.
    if (approval.state === 'unknown') throw notValid('unknown');
    if (approval.environment !== environment.id) throw notValid('other_environment');
    if (approval.client !== client.id) throw notValid('other_client');
    if (approval.expiresAt.getTime() <= Date.now()) throw notValid('expired');

    switch (approval.state) {
      case 'withdrawn': // From here on it is the right client that asks, and its employee should know why.
        throw denied('withdrawn', 'the approval was withdrawn');
      case 'employee_locked':
        throw denied('employee_locked', 'the employee may not approve any more');
      case 'approved':
        requirePayments(request);
        return issuanceOf(approval);
    }
  }
}

function issuanceOf({ id, employee, transaction, approvedAt, expiresAt }: ApprovalFacts): Issuance {
  return {
    authorization: {
      subject: { kind: 'user', id: employee },
      scope: ScopeSet.of(RELEASE),
      resources: [PAYMENTS],
      // Grantway refuses when the employee's password was changed since, and says in the token how they proved themselves.
      authentication: { time: approvedAt, acr: 'urn:northbank:acr:step-up', amr: ['otp'] },
    },
    // Spent by Grantway, in the statement that records the token: of two clients with one code, one is served.
    spend: { once: { id, until: expiresAt } },
    claims: { transaction },
    notAfter: new Date(Date.now() + LONGEST_TOKEN),
  };
}

/** RFC 6749 §3.3, RFC 8707 §2: what else is asked for is refused, rather than left out unnoticed. */
function requirePayments({ catalog, requestedScope, requestedResources }: TokenRequest<object>): void {
  if (requestedScope && !requestedScope.within(ScopeSet.of(RELEASE))) {
    throw new OAuthError('invalid_scope', { description: `an approval allows ${RELEASE} alone` });
  }
  if (!catalog.byAudience(PAYMENTS) || requestedResources.some((resource) => resource !== PAYMENTS)) {
    throw new OAuthError('invalid_target', { description: 'an approval is for the payments API alone' });
  }
}

function notValid(why: string): OAuthError {
  return new OAuthError('invalid_grant', { reason: `approval.${why}`, description: 'the approval code is not valid' });
}

function denied(why: string, description: string): OAuthError {
  return new OAuthError('access_denied', { reason: `approval.${why}`, description });
}
