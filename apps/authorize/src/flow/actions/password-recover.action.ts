import { FlowStatus, Flows, NOBODYS_CODE, OneTimeCodes, PasswordCheck, User, UserDirectory } from '@grantway/domain';
import { EventLog } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { OneTimeCodeBook } from '../codes/one-time-code-book.js';
import { FlowAction, FlowOutcome, problem } from '../flow-action.js';
import { FlowInput, missingOf } from '../flow-input.js';
import { passwordProblem } from '../password-policy.js';
import { namesOf, Visit } from '../visit.js';

/** A new password for whoever has the code. It signs nobody on: they do that next, with the password. */
@Injectable()
export class PasswordRecover extends FlowAction {
  readonly name = 'password.recover';
  readonly at: readonly FlowStatus[] = ['RECOVERY_CODE_REQUIRED'];

  constructor(
    private readonly flows: Flows,
    private readonly users: UserDirectory,
    private readonly codes: OneTimeCodes,
    private readonly book: OneTimeCodeBook,
    private readonly passwords: PasswordCheck,
    private readonly log: EventLog,
  ) {
    super();
  }

  override allowed({ environment }: Pick<Visit, 'environment'>): boolean {
    return environment.accounts.recovery;
  }

  async run(visit: Visit, input: FlowInput): Promise<FlowOutcome> {
    const { call, environment, flow } = visit;
    const { claimedName = '' } = flow.purpose;
    const [code, password] = [input.text('recoveryCode'), input.text('newPassword')];
    if (!code || !password)
      return problem({ kind: 'missing', fields: missingOf(input, 'recoveryCode', 'newPassword') });
    // First, so that a password that will not do costs no code.
    const weak = passwordProblem('newPassword', password, claimedName);
    if (weak) return problem(weak);
    const user = await this.#redeem(visit, claimedName, code);
    if (!user || !(await this.users.setPassword(environment.id, user.id, password))) {
      const error = new OAuthError('access_denied', { reason: 'recovery.wrong' });
      const sub = await this.passwords.whose(environment.id, claimedName);
      this.log.refused(call, 'user.recover', error, { ...namesOf(visit), sub });
      return problem({ kind: 'wrong' });
    }
    await this.passwords.forgive(environment.id, user.username);
    this.log.done(call, 'user.recover', { ...namesOf(visit), sub: user.id });
    await this.flows.advance(environment.id, flow.id, flow.status, {
      to: 'USERNAME_PASSWORD_REQUIRED',
      purpose: { ...flow.purpose, claimedName: user.username, passwordChanged: true },
      lifetime: environment.lifetimes.flow,
    });
    return { kind: 'moved' };
  }

  /** Names that nobody has are redeemed as well, and take as long (SE-02). */
  async #redeem({ environment, flow }: Visit, username: string, code: string): Promise<User | undefined> {
    const named = await this.users.findByUsername(environment.id, username);
    const user = named?.status === 'active' ? named : undefined;
    const userId = user?.id ?? NOBODYS_CODE;
    const key = { environmentId: environment.id, purpose: 'recovery', flowId: flow.id, userId } as const;
    return (await this.codes.redeem(key, this.book.hash(key, code))) ? user : undefined;
  }
}
