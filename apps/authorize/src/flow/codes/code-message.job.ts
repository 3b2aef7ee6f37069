import {
  CodeRequest,
  Environments,
  NOBODYS_CODE,
  OneTimeCodePurpose,
  OneTimeCodes,
  Outbound,
  User,
  UserDirectory,
  UserStatus,
} from '@grantway/domain';
import { JobHandler, JobRunner } from '@grantway/persistence';
import { Logger } from '@grantway/platform';
import { OneTimeCodeBook } from './one-time-code-book.js';

/** What each code is for: who may have one, where it is switched on, and what the message is called. */
const PURPOSES = {
  recovery: { status: 'active', accounts: 'recovery', kind: 'recovery_code' },
  verification: { status: 'unverified', accounts: 'registration', kind: 'verification_code' },
} as const satisfies Record<OneTimeCodePurpose, { status: UserStatus; accounts: string; kind: string }>;

/** Draws a code and hands it to the operator's gateway, which mails or texts it. */
export class CodeMessageJob implements JobHandler<CodeRequest> {
  readonly task = 'code-message';

  constructor(
    runner: JobRunner,
    private readonly environments: Environments,
    private readonly users: UserDirectory,
    private readonly codes: OneTimeCodes,
    private readonly book: OneTimeCodeBook,
    private readonly outbound: Outbound,
    private readonly log: Logger,
  ) {
    runner.register(this);
  }

  async run({ environmentId, purpose, flowId, username }: CodeRequest): Promise<void> {
    const { status, accounts, kind } = PURPOSES[purpose];
    const environment = await this.environments.find(environmentId);
    const url = environment?.accounts.messagesUrl;
    const found = await this.users.findByUsername(environmentId, username);
    if (!environment?.enabled || url === undefined || !environment.accounts[accounts]) return;
    const user = found?.status === status ? found : undefined;
    const code = this.book.draw();
    // SE-02: also for a name that nobody has, so that trying a code finds a row to count at either way.
    const key = { environmentId, purpose, flowId, userId: user?.id ?? NOBODYS_CODE };
    await this.codes.issue(key, this.book.hash(key, code), environment.lifetimes.oneTimeCode);
    if (!user) return;
    const reply = await this.outbound.call({
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind, environment: environmentId, username: user.username, ...emailOf(user), code }),
      privateAddresses: environment.outbound.privateAddresses,
    });
    // Another attempt draws another code; the one before it is worth nothing then.
    if (reply.status >= 300) throw new Error(`the messages gateway answered ${reply.status}`);
  }

  async giveUp({ environmentId, purpose }: CodeRequest, error: unknown): Promise<void> {
    this.log.error({ environment: environmentId, purpose, err: error }, 'a code could not be sent');
  }
}

function emailOf({ claims }: User): { email?: string } {
  const { email } = claims;
  return typeof email === 'string' ? { email } : {};
}
