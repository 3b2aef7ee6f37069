import { cutText, FlowStatus, Flows } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { CodeSender } from '../codes/code-sender.js';
import { FlowAction, FlowOutcome, FlowView, problem } from '../flow-action.js';
import { FlowInput } from '../flow-input.js';
import { Visit } from '../visit.js';

/** A code for a new password is asked for: the same happens whoever is named (SE-02, CVE-2023-39522). */
@Injectable()
export class PasswordForgot extends FlowAction {
  readonly name = 'password.forgot';
  readonly at: readonly FlowStatus[] = ['USERNAME_PASSWORD_REQUIRED', 'PASSWORD_REQUIRED'];
  override readonly view: FlowView = 'recovery';

  constructor(
    private readonly flows: Flows,
    private readonly codes: CodeSender,
  ) {
    super();
  }

  override allowed({ environment }: Pick<Visit, 'environment'>): boolean {
    return environment.accounts.recovery;
  }

  async run(visit: Visit, input: FlowInput): Promise<FlowOutcome> {
    const { environment, flow } = visit;
    const username = input.text('username');
    if (username === undefined) return problem({ kind: 'missing', fields: ['username'] }, { username: '' });
    const claimedName = cutText(username);
    const seconds = await this.codes.send(visit, 'recovery', claimedName);
    if (seconds > 0) return problem({ kind: 'wait', seconds }, { username: claimedName });
    await this.flows.advance(environment.id, flow.id, flow.status, {
      to: 'RECOVERY_CODE_REQUIRED',
      purpose: { ...flow.purpose, claimedName },
      lifetime: environment.lifetimes.flow,
    });
    return { kind: 'moved' };
  }
}
