import { type Approval, Approvals, ApprovalsAway } from './approvals.js';

/** Milliseconds; the token endpoint waits a little longer than that. */
const PATIENCE = 1_500;

const STATES = ['approved', 'withdrawn', 'employee_locked'] as const;

/** Asks the bank's approval system by HTTP. */
export class HttpApprovals extends Approvals {
  /**
   * @param url where the approval system is
   * @param token what this grant proves itself with there
   */
  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly patience = PATIENCE,
  ) {
    super();
  }

  async find(transactionId: string, code: string): Promise<Approval> {
    // In the body: addresses end up in logs.
    const body = JSON.stringify({ transaction: transactionId, code });
    const response = await fetch(new URL('/lookups', this.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.token}` },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(this.patience),
    }).catch((cause: unknown) => {
      throw new ApprovalsAway('the approval system cannot be reached', { cause });
    });
    if (response.status !== 200) throw new ApprovalsAway(`the approval system answered ${response.status}`);
    return approvalOf(await response.json().catch(() => undefined));
  }
}

/** @throws ApprovalsAway for what is no approval: an answer nobody understands is none */
function approvalOf(answer: unknown): Approval {
  const { state, id, environment, client, employee, transaction, approvedAt, expiresAt } = fieldsOf(answer);
  // Said in so many words: a 404 may come from anything on the way.
  if (state === 'unknown') return { state };
  const { id: transactionId, amount, currency, payee } = fieldsOf(transaction);
  const known = STATES.find((each) => each === state);
  const dates = [approvedAt, expiresAt].map((text) => new Date(isText(text) ? text : NaN));
  const [approved, expires] = dates as [Date, Date];
  if (
    !known ||
    !(isText(id) && isText(environment) && isText(client) && isText(employee)) ||
    !(isText(transactionId) && Number.isSafeInteger(amount) && isText(currency) && isText(payee)) ||
    dates.some((date) => Number.isNaN(date.getTime()))
  ) {
    throw new ApprovalsAway('the approval system answered something else than an approval');
  }
  return {
    ...{ state: known, id, environment, client, employee, approvedAt: approved, expiresAt: expires },
    transaction: { id: transactionId, amount: amount as number, currency, payee },
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 255;
}
