import { HttpReply } from '@grantway/contracts';
import { FlowStatus, Flows } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { FlowAction } from '../flow-action.js';
import { resumeLocation } from '../locations.js';
import { Visit } from '../visit.js';

/** House action: the person goes back without signing on; a session they had stays as it was (AZ-17). */
@Injectable()
export class FlowCancel extends FlowAction {
  readonly name = 'flow.cancel';
  readonly at: readonly FlowStatus[] = ['USERNAME_PASSWORD_REQUIRED'];

  constructor(private readonly flows: Flows) {
    super();
  }

  async run({ environment, flow }: Visit): Promise<HttpReply> {
    await this.flows.advance(environment.id, flow.id, flow.status, {
      to: 'FAILED',
      lifetime: environment.lifetimes.flow,
    });
    return { kind: 'redirect', location: resumeLocation(environment.id, flow.id) };
  }
}
