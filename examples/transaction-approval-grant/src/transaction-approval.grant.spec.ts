import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { aClient, aResource, aUser, grantHarness, proveGrant } from '@grantway/grant-sdk/testing';
import { type ApprovalFacts, Approvals, ApprovalsAway } from './approvals.js';
import { MemoryApprovals } from './memory-approvals.js';
import { PAYMENTS, RELEASE, TransactionApprovalGrant } from './transaction-approval.grant.js';

const MINUTE = 60_000;
const TRANSACTION = { id: 'tx-4711', amount: 1_250_000, currency: 'EUR', payee: 'Ship & Sail Ltd' };
const FORM = { transaction_id: TRANSACTION.id, approval_code: 'f3c1' };

const payments = aResource({
  name: 'payments',
  audience: PAYMENTS,
  scopes: [{ name: RELEASE, description: 'Release a payment', userOnly: true }],
});
const backOffice = aClient({ id: 'back-office', scopes: ['openid', RELEASE, 'orders:read'] });
const employee = aUser({ id: 'emp-17', username: 'grace' });

function anApproval(changes: Partial<ApprovalFacts> = {}): ApprovalFacts {
  return {
    id: randomUUID(),
    environment: 'acme',
    client: backOffice.id,
    employee: employee.id,
    transaction: TRANSACTION,
    approvedAt: new Date(Date.now() - MINUTE),
    expiresAt: new Date(Date.now() + 4 * MINUTE),
    ...changes,
  };
}

async function endpoint(
  { approval = anApproval(), state = 'approved' as 'approved' | 'withdrawn' | 'employee_locked', user = employee } = {},
  approvals = new MemoryApprovals(),
) {
  approvals.add(FORM.approval_code, approval, state);
  return grantHarness(TransactionApprovalGrant, {
    provide: [[Approvals, approvals]],
    client: backOffice,
    resources: [payments, aResource()],
    users: [user],
  });
}

describe('transaction approval grant', () => {
  it('RFC 8707 §2 an approval becomes a token for that transaction, for the payments API alone', async () => {
    const { token } = await endpoint();
    const { issuance, scope, resources } = await token(FORM);
    assert.equal(scope.toString(), RELEASE);
    assert.deepEqual(
      resources.map(({ audience }) => audience),
      [PAYMENTS],
    );
    assert.deepEqual(issuance.authorization.resources, [PAYMENTS]);
    assert.deepEqual(issuance.claims, { transaction: TRANSACTION });
    assert.deepEqual(issuance.authorization.subject, { kind: 'user', id: 'emp-17' });
    assert.equal(issuance.authorization.authentication?.acr, 'urn:northbank:acr:step-up');
    assert.equal(issuance.refreshToken ?? false, false);
    const life = (issuance.notAfter?.getTime() ?? Infinity) - Date.now();
    assert.ok(life > 0 && life <= 120_000, `${life} ms`);
  });

  const late = { expiresAt: new Date(Date.now() - 1) };
  const refusals: [why: string, given: Parameters<typeof endpoint>[0], code: string, reason: string][] = [
    [
      'house: no such code',
      { approval: anApproval({ transaction: { ...TRANSACTION, id: 'x' } }) },
      'invalid_grant',
      'approval.unknown',
    ],
    ['house: it came too late', { approval: anApproval(late) }, 'invalid_grant', 'approval.expired'],
    ['house: another client’s', { approval: anApproval({ client: 'shop' }) }, 'invalid_grant', 'approval.other_client'],
    [
      'house: another environment’s',
      { approval: anApproval({ environment: 'test' }) },
      'invalid_grant',
      'approval.other_environment',
    ],
    ['house: withdrawn', { state: 'withdrawn' }, 'access_denied', 'approval.withdrawn'],
    [
      'house: the employee is locked at the bank',
      { state: 'employee_locked' },
      'access_denied',
      'approval.employee_locked',
    ],
    [
      'house: the employee is locked here',
      { user: { ...employee, status: 'locked' } },
      'invalid_grant',
      'subject.locked',
    ],
    [
      'R9 the password was changed since',
      { user: { ...employee, passwordChangedAt: new Date() } },
      'invalid_grant',
      'subject.password_changed',
    ],
  ];
  for (const [why, given, code, message] of refusals) {
    it(`${why}: ${code}`, async () => {
      const { token } = await endpoint(given);
      await assert.rejects(token(FORM), { code, message });
    });
  }

  it('house: of somebody else’s approval nobody learns that it was withdrawn', async () => {
    const { token } = await endpoint({ approval: anApproval({ client: 'shop' }), state: 'withdrawn' });
    await assert.rejects(token(FORM), { code: 'invalid_grant' });
  });

  it('RFC 6749 §3.3 RFC 8707 §2 what else is asked for is refused, and the approval stays good', async () => {
    const { token } = await endpoint();
    await assert.rejects(token({ ...FORM, scope: `${RELEASE} orders:read` }), { code: 'invalid_scope' });
    await assert.rejects(token({ ...FORM, resource: 'https://orders.example' }), { code: 'invalid_target' });
    await token({ ...FORM, scope: RELEASE, resource: PAYMENTS });
  });

  it('house: a code is used once; a thief who comes later ends what it gave', async () => {
    const { token, elapse, isLive } = await endpoint();
    const { authorizationId } = await token(FORM);
    elapse(10);
    await assert.rejects(token(FORM), { code: 'invalid_grant' });
    assert.equal(isLive(authorizationId), false);
  });

  it('I4 the approval system is away: no verdict', async () => {
    class Away extends MemoryApprovals {
      override async find(): Promise<never> {
        throw new ApprovalsAway('the approval system cannot be reached');
      }
    }
    const { token } = await endpoint({}, new Away());
    await assert.rejects(token(FORM), { name: 'ApprovalsAway' });
  });

  it('house: it keeps the contract of every grant', async () => {
    const report = await proveGrant(TransactionApprovalGrant, {
      singleUse: true,
      resources: [payments],
      client: { scopes: [RELEASE] },
      good: ({ environment, client, user }) => {
        const approvals = new MemoryApprovals();
        const facts = { environment: environment.id, client: client.id, employee: user.id };
        approvals.add(FORM.approval_code, anApproval(facts));
        return { params: FORM, scope: RELEASE, provide: [[Approvals, approvals]] };
      },
    });
    assert.ok(report.ok, String(report));
  });
});
