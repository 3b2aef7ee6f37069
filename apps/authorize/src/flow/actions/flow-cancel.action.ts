import { FlowStatus, Flows } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { FlowAction, FlowOutcome } from '../flow-action.js';
import { Visit } from '../visit.js';

/** House action: the person goes back without signing on; a session they had stays as it was (AZ-17). */
@Injectable()
export class FlowCancel extends FlowAction {
  readonly name = 'flow.cancel';
  readonly at: readonly FlowStatus[] = [
    ...(['USERNAME_PASSWORD_REQUIRED', 'PASSWORD_REQUIRED', 'MUST_CHANGE_PASSWORD'] as const),
    ...(['RECOVERY_CODE_REQUIRED', 'VERIFICATION_CODE_REQUIRED', 'DAG_USER_CODE_REQUIRED'] as const),
  ];

  constructor(private readonly flows: Flows) {
    super();
  }

  async run({ environment, flow }: Visit): Promise<FlowOutcome> {
    const { flow: lifetime } = environment.lifetimes;
    await this.flows.advance(environment.id, flow.id, flow.status, { to: 'FAILED', lifetime });
    return { kind: 'moved', to: 'FAILED' };
  }
}
