import { FlowField, FlowProblem } from '@grantway/contracts';
import { cutText, FlowStatus, Flows, LONGEST_CREDENTIAL, nameKey, UserDirectory } from '@grantway/domain';
import { EventLog } from '@grantway/platform';
import { Injectable } from '@nestjs/common';
import { CodeSender } from '../codes/code-sender.js';
import { FlowAction, FlowOutcome, FlowView, problem } from '../flow-action.js';
import { FlowInput, missingOf } from '../flow-input.js';
import { passwordProblem } from '../password-policy.js';
import { Visit } from '../visit.js';

const EMAIL = /^[^\s@\p{C}]{1,64}@[^\s@\p{C}]{1,189}$/u;

/** A person makes an account for themselves; it is good for nothing until the address is proven to be theirs. */
@Injectable()
export class UserRegister extends FlowAction {
  readonly name = 'user.register';
  readonly at: readonly FlowStatus[] = ['USERNAME_PASSWORD_REQUIRED'];
  override readonly view: FlowView = 'registration';

  constructor(
    private readonly flows: Flows,
    private readonly users: UserDirectory,
    private readonly codes: CodeSender,
    private readonly log: EventLog,
  ) {
    super();
  }

  override allowed({ environment }: Pick<Visit, 'environment'>): boolean {
    return environment.accounts.registration;
  }

  async run(visit: Visit, input: FlowInput): Promise<FlowOutcome> {
    const { call, environment, flow } = visit;
    const fields = missingOf(input, 'username', 'email', 'password');
    const [username = '', email = '', password = ''] = [
      ...[input.text('username'), input.text('email'), input.text('password')],
    ];
    const entered = { username: cutText(username), email: cutText(email) };
    const found = fields.length > 0 ? ({ kind: 'missing', fields } as const) : check(username, email, password);
    if (found) return problem(found, entered);
    // A name that is taken must be told, so the tries are counted.
    const seconds = await this.codes.countRegistration(visit, email);
    if (seconds > 0) return problem({ kind: 'wait', seconds }, entered);
    const user = await this.users.register(environment.id, { username, email, password });
    if (!user) return (await this.#isElsewhere(visit)) ? { kind: 'moved' } : problem({ kind: 'taken' }, entered);
    this.log.done(call, 'user.register', { sub: user.id });
    const moved = await this.flows.advance(environment.id, flow.id, flow.status, {
      to: 'VERIFICATION_CODE_REQUIRED',
      ...{ userId: user.id, signedOn: true, lifetime: environment.lifetimes.flow },
    });
    if (moved) await this.codes.sendUncounted(visit, 'verification', username);
    return { kind: 'moved' };
  }

  /** The form was sent twice, and the other one made the account. */
  async #isElsewhere({ environment, flow }: Visit): Promise<boolean> {
    const now = await this.flows.find(environment.id, flow.id);
    return now !== undefined && now.status !== flow.status;
  }
}

function check(username: string, email: string, password: string): FlowProblem | undefined {
  const fields: FlowField[] = [];
  const isBad = username !== username.trim() || username.length > LONGEST_CREDENTIAL || /\p{C}/u.test(username);
  // CVE-2024-1722: a name that looks like an address is the one they will prove to be theirs.
  const isAnothers = username.includes('@') && nameKey(username) !== nameKey(email);
  if (isBad || isAnothers) fields.push('username');
  if (!EMAIL.test(email)) fields.push('email');
  return fields.length > 0 ? { kind: 'malformed', fields } : passwordProblem('password', password, username);
}
