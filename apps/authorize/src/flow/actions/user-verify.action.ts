import { Flow, FlowStatus, OneTimeCodes, User, UserDirectory } from '@grantway/domain';
import { EventLog } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { OneTimeCodeBook } from '../codes/one-time-code-book.js';
import { FlowAction, FlowOutcome, problem } from '../flow-action.js';
import { FlowInput } from '../flow-input.js';
import { SessionOpener } from '../session-opener.js';
import { namesOf, Visit } from '../visit.js';

/** The address is proven; the password was, earlier in this flow, so the person is signed on. */
@Injectable()
export class UserVerify extends FlowAction {
  readonly name = 'user.verify';
  readonly at: readonly FlowStatus[] = ['VERIFICATION_CODE_REQUIRED'];

  constructor(
    private readonly users: UserDirectory,
    private readonly codes: OneTimeCodes,
    private readonly book: OneTimeCodeBook,
    private readonly sessions: SessionOpener,
    private readonly log: EventLog,
  ) {
    super();
  }

  override allowed({ environment }: Pick<Visit, 'environment'>): boolean {
    return environment.accounts.registration;
  }

  async run(visit: Visit, input: FlowInput): Promise<FlowOutcome> {
    const { call, environment, flow } = visit;
    const code = input.text('verificationCode');
    if (!code) return problem({ kind: 'missing', fields: ['verificationCode'] });
    const user = await this.users.find(environment.id, flow.userId ?? '');
    if (!user || !isStillTheirs(flow, user) || !(await this.#redeem(flow, user, code))) {
      const error = new OAuthError('access_denied', { reason: 'verification.wrong' });
      this.log.refused(call, 'user.verify', error, namesOf(visit));
      return problem({ kind: 'wrong' });
    }
    this.log.done(call, 'user.verify', namesOf(visit));
    return this.sessions.open(visit, { ...user, status: 'active' });
  }

  async #redeem({ id: flowId }: Flow, { environmentId, id }: User, code: string): Promise<boolean> {
    const key = { environmentId, purpose: 'verification', flowId, userId: id } as const;
    return (await this.codes.redeem(key, this.book.hash(key, code))) && this.users.verify(environmentId, id);
  }
}

/** RT-10: a password that was changed since this flow heard it proves nothing. */
function isStillTheirs({ signedOnAt }: Flow, { passwordChangedAt }: User): boolean {
  return signedOnAt !== undefined && passwordChangedAt <= signedOnAt;
}
