import { type EnvironmentFile, SECRET } from './environments.js';
import { type Answer, basic, postForm } from './http.js';

export const TRANSACTION_APPROVAL = 'urn:northbank:params:oauth:grant-type:transaction-approval';
export const TRANSACTION = { id: 'tx-4711', amount: 1_250_000, currency: 'EUR', payee: 'Ship & Sail Ltd' };
const BASIC = ['authorization_code', 'refresh_token', 'client_credentials'];
export const APPROVALS_TOKEN = 'what-the-grant-asks-with';

/** What the bank's grant (examples/transaction-approval-grant) needs of an environment. */
export function withBank(file: EnvironmentFile): void {
  file.grantTypes = [...(file.grantTypes ?? BASIC), TRANSACTION_APPROVAL];
  const audience = 'https://payments.northbank.example';
  const scopes = [{ name: 'payments:release', description: 'Release a payment', userOnly: true }];
  file.resources?.push({ name: 'payments', audience, scopes });
  const client = { auth: 'client_secret_basic', secret: SECRET, grantTypes: [TRANSACTION_APPROVAL] } as const;
  file.clients.push({ ...client, id: 'back-office', grantTypes: [...client.grantTypes], scopes: ['payments:release'] });
  file.users.push({ id: 'emp-17', username: 'katherine', password: 'one more horse battery' });
}

/** The bank's client: has transactions approved, and releases them. */
export class BackOffice {
  constructor(
    private readonly approvalsUrl: string,
    private readonly environment: string,
  ) {}

  /** Katherine proves herself for one transaction. @returns what the back office then sends */
  async approve(changes: { state?: 'withdrawn'; client?: string } = {}): Promise<Record<string, string>> {
    const approval = { environment: this.environment, client: 'back-office', employee: 'emp-17' };
    const body = JSON.stringify({ ...approval, transaction: TRANSACTION, ...changes });
    const headers = { authorization: `Bearer ${APPROVALS_TOKEN}` };
    const answer = await fetch(`${this.approvalsUrl}/approvals`, { method: 'POST', headers, body });
    const { code } = (await answer.json()) as { code: string };
    return { transaction_id: TRANSACTION.id, approval_code: code };
  }

  release(issuer: string, form: Record<string, string>): Promise<Answer> {
    return postForm(`${issuer}/token`, { grant_type: TRANSACTION_APPROVAL, ...form }, basic('back-office', SECRET));
  }
}
