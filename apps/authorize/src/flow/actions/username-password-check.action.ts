import { cutText, Environment, FlowStatus, Flows, nameKey, PasswordCheck, User } from '@grantway/domain';
import { EventLog } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { CodeSender } from '../codes/code-sender.js';
import { FlowAction, FlowOutcome, problem } from '../flow-action.js';
import { FlowInput, missingOf } from '../flow-input.js';
import { SessionOpener } from '../session-opener.js';
import { namesOf, Visit } from '../visit.js';

/** The person gives name and password. One message for every way it can be wrong (SE-02). */
@Injectable()
export class UsernamePasswordCheck extends FlowAction {
  readonly name = 'usernamePassword.check';
  readonly at: readonly FlowStatus[] = ['USERNAME_PASSWORD_REQUIRED', 'PASSWORD_REQUIRED'];

  constructor(
    private readonly passwords: PasswordCheck,
    private readonly flows: Flows,
    private readonly sessions: SessionOpener,
    private readonly codes: CodeSender,
    private readonly log: EventLog,
  ) {
    super();
  }

  async run(visit: Visit, input: FlowInput): Promise<FlowOutcome> {
    const { call, environment, flow } = visit;
    const bound = flow.status === 'PASSWORD_REQUIRED' ? flow.purpose.claimedName : undefined;
    const username = input.text('username') ?? bound;
    const password = input.text('password');
    if (!username || !password) {
      const fields = missingOf(input, 'username', 'password').filter((name) => name === 'password' || !username);
      return problem({ kind: 'missing', fields }, { username: username ?? '' });
    }
    // Seeds 1.4: a flow that is about one name takes no other.
    if (bound !== undefined && nameKey(username) !== nameKey(bound)) return problem({ kind: 'other_name' });
    const attempt = { environmentId: environment.id, username, password, ip: call.ip };
    const outcome = await this.passwords.try(attempt, (user) => isWelcome(environment, user));
    if (outcome.kind === 'right') return this.#goOn(visit, outcome.user);
    const sub = await this.passwords.whose(environment.id, username);
    const error = new OAuthError('access_denied', { reason: `sign_on.${outcome.kind}` });
    this.log.refused(call, 'user.sign_on', error, { ...namesOf(visit), sub });
    return problem(outcome, { username: cutText(username) });
  }

  /** What the person owes before they are signed on comes first. */
  async #goOn(visit: Visit, user: User): Promise<FlowOutcome> {
    if (user.status === 'unverified') {
      // First: the next page says that there is a message.
      const seconds = await this.codes.send(visit, 'verification', user.username);
      if (seconds > 0) return problem({ kind: 'wait', seconds }, { username: user.username });
    } else if (!user.mustChangePassword) return this.sessions.open(visit, user);
    await this.#stop(visit, user, user.status === 'unverified' ? 'VERIFICATION_CODE_REQUIRED' : 'MUST_CHANGE_PASSWORD');
    return { kind: 'moved' };
  }

  async #stop({ environment, flow }: Visit, user: User, to: FlowStatus): Promise<void> {
    const { flow: lifetime } = environment.lifetimes;
    await this.flows.advance(environment.id, flow.id, flow.status, {
      ...{ to, userId: user.id, signedOn: true, lifetime },
    });
  }
}

/** Whoever registered and has not verified yet may go on to that. */
function isWelcome({ accounts }: Environment, { status }: User): boolean {
  return status === 'active' || (status === 'unverified' && accounts.registration);
}
