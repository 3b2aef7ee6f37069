import { FlowStatus, PasswordCheck, UserDirectory } from '@grantway/domain';
import { EventLog } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { FlowAction, FlowOutcome, problem } from '../flow-action.js';
import { FlowInput, missingOf } from '../flow-input.js';
import { passwordProblem } from '../password-policy.js';
import { SessionOpener } from '../session-opener.js';
import { namesOf, Visit } from '../visit.js';

/** A password that must be changed is changed, with the old one given again; then the person is signed on. */
@Injectable()
export class PasswordReset extends FlowAction {
  readonly name = 'password.reset';
  readonly at: readonly FlowStatus[] = ['MUST_CHANGE_PASSWORD'];

  constructor(
    private readonly users: UserDirectory,
    private readonly passwords: PasswordCheck,
    private readonly sessions: SessionOpener,
    private readonly log: EventLog,
  ) {
    super();
  }

  async run(visit: Visit, input: FlowInput): Promise<FlowOutcome> {
    const { call, environment, flow } = visit;
    const [password, newPassword] = [input.text('currentPassword'), input.text('newPassword')];
    if (!password || !newPassword) {
      return problem({ kind: 'missing', fields: missingOf(input, 'currentPassword', 'newPassword') });
    }
    const username = (await this.users.find(environment.id, flow.userId ?? ''))?.username ?? '';
    const weak = passwordProblem('newPassword', newPassword, username);
    if (weak) return problem(weak);
    if (newPassword === password) return problem({ kind: 'weak', field: 'newPassword', rule: 'same' });
    const outcome = await this.passwords.try({ environmentId: environment.id, username, password, ip: call.ip });
    if (outcome.kind !== 'right') {
      const error = new OAuthError('access_denied', { reason: `reset.${outcome.kind}` });
      this.log.refused(call, 'user.change_password', error, namesOf(visit));
      return problem(outcome);
    }
    await this.users.setPassword(environment.id, outcome.user.id, newPassword);
    this.log.done(call, 'user.change_password', namesOf(visit));
    return this.sessions.open(visit, outcome.user);
  }
}
