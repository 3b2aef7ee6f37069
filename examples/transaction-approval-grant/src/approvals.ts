/** What the approval system knows of a code. */
export type Approval =
  | { readonly state: 'unknown' }
  | ({ readonly state: 'approved' | 'withdrawn' | 'employee_locked' } & ApprovalFacts);

export interface ApprovalFacts {
  /** Names the approval, and is no secret. */
  readonly id: string;
  /** The environment and the client it was given for. */
  readonly environment: string;
  readonly client: string;
  /** The employee's id, which is the same in Grantway's directory. */
  readonly employee: string;
  readonly transaction: Transaction;
  /** When the employee proved themselves to the approval system, with a second factor. */
  readonly approvedAt: Date;
  readonly expiresAt: Date;
}

export interface Transaction {
  readonly id: string;
  /** In the currency's smallest unit. */
  readonly amount: number;
  readonly currency: string;
  readonly payee: string;
}

/** The bank's approval system, as far as this grant needs it. Asking changes nothing there. */
export abstract class Approvals {
  /**
   * The approval of one transaction by its code. Guesses are counted over there, per transaction.
   * @throws ApprovalsAway when the approval system cannot be asked: that is no verdict about anybody
   */
  abstract find(transactionId: string, code: string): Promise<Approval>;
}

export class ApprovalsAway extends Error {
  override readonly name = 'ApprovalsAway';
}
