import { HttpReply } from '@grantway/contracts';
import { FlowStatus, Flows, Sessions } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { FlowAction } from '../flow-action.js';
import { signOnLocation } from '../locations.js';
import { Visit } from '../visit.js';

/** "Not you?": the session ends, and the flow asks for name and password again. */
@Injectable()
export class SessionReset extends FlowAction {
  readonly name = 'session.reset';
  readonly at: readonly FlowStatus[] = ['AGREEMENT_CONSENT_REQUIRED'];

  constructor(
    private readonly flows: Flows,
    private readonly sessions: Sessions,
  ) {
    super();
  }

  async run({ environment, flow }: Visit): Promise<HttpReply> {
    const moved = await this.flows.advance(environment.id, flow.id, flow.status, {
      to: 'USERNAME_PASSWORD_REQUIRED',
      lifetime: environment.lifetimes.flow,
    });
    if (moved && flow.sessionId) await this.sessions.end(environment.id, flow.sessionId);
    return {
      kind: 'redirect',
      location: signOnLocation(environment.id, flow.id),
      ...(moved && { cookies: [{ name: 'session', value: null } as const] }),
    };
  }
}
