import { type Approval, type ApprovalFacts, Approvals } from './approvals.js';

/** Approvals in memory: for tests, and for the approval system that this folder brings to try the grant with. */
export class MemoryApprovals extends Approvals {
  readonly #byCode = new Map<string, Approval>();

  add(code: string, facts: ApprovalFacts, state: 'approved' | 'withdrawn' | 'employee_locked' = 'approved'): void {
    this.#byCode.set(keyOf(facts.transaction.id, code), { state, ...facts });
  }

  async find(transactionId: string, code: string): Promise<Approval> {
    return this.#byCode.get(keyOf(transactionId, code)) ?? { state: 'unknown' };
  }
}

function keyOf(transactionId: string, code: string): string {
  return JSON.stringify([transactionId, code]);
}
