import { FlowStatus, Flows, OneTimeCodePurpose, UserDirectory } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { CodeSender } from '../codes/code-sender.js';
import { FlowAction, FlowOutcome, problem } from '../flow-action.js';
import { Visit } from '../visit.js';

/** One more code, where the first did not arrive. */
abstract class SendCode extends FlowAction {
  abstract readonly purpose: OneTimeCodePurpose;

  constructor(
    private readonly flows: Flows,
    private readonly codes: CodeSender,
    protected readonly users: UserDirectory,
  ) {
    super();
  }

  async run(visit: Visit): Promise<FlowOutcome> {
    const { environment, flow } = visit;
    const seconds = await this.codes.send(visit, this.purpose, await this.recipient(visit));
    if (seconds > 0) return problem({ kind: 'wait', seconds });
    const { flow: lifetime } = environment.lifetimes;
    await this.flows.advance(environment.id, flow.id, flow.status, { to: flow.status, lifetime });
    return { kind: 'moved' };
  }

  protected abstract recipient(visit: Visit): Promise<string>;
}

@Injectable()
export class SendRecoveryCode extends SendCode {
  readonly name = 'password.sendRecoveryCode';
  readonly at: readonly FlowStatus[] = ['RECOVERY_CODE_REQUIRED'];
  readonly purpose = 'recovery';

  constructor(flows: Flows, codes: CodeSender, users: UserDirectory) {
    super(flows, codes, users);
  }

  override allowed({ environment }: Pick<Visit, 'environment'>): boolean {
    return environment.accounts.recovery;
  }

  protected async recipient({ flow }: Visit): Promise<string> {
    return flow.purpose.claimedName ?? '';
  }
}

@Injectable()
export class SendVerificationCode extends SendCode {
  readonly name = 'user.sendVerificationCode';
  readonly at: readonly FlowStatus[] = ['VERIFICATION_CODE_REQUIRED'];
  readonly purpose = 'verification';

  constructor(flows: Flows, codes: CodeSender, users: UserDirectory) {
    super(flows, codes, users);
  }

  override allowed({ environment }: Pick<Visit, 'environment'>): boolean {
    return environment.accounts.registration;
  }

  protected async recipient({ environment, flow }: Visit): Promise<string> {
    return (await this.users.find(environment.id, flow.userId ?? ''))?.username ?? '';
  }
}
