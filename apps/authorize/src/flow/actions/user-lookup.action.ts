import { cutText, FlowStatus, Flows } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { FlowAction, FlowOutcome, problem } from '../flow-action.js';
import { FlowInput } from '../flow-input.js';
import { Visit } from '../visit.js';

/** The person says who they are and comes with the password later. Nobody is looked up, so nothing can be told (SE-02). */
@Injectable()
export class UserLookup extends FlowAction {
  readonly name = 'user.lookup';
  readonly at: readonly FlowStatus[] = ['USERNAME_PASSWORD_REQUIRED'];

  constructor(private readonly flows: Flows) {
    super();
  }

  async run({ environment, flow }: Visit, input: FlowInput): Promise<FlowOutcome> {
    const username = input.text('username');
    if (!username) return problem({ kind: 'missing', fields: ['username'] });
    const claimedName = cutText(username);
    await this.flows.advance(environment.id, flow.id, flow.status, {
      to: 'PASSWORD_REQUIRED',
      purpose: { ...flow.purpose, claimedName },
      lifetime: environment.lifetimes.flow,
    });
    return { kind: 'moved' };
  }
}
