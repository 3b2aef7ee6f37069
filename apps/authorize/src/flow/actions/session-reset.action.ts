import { FlowPurpose, FlowStatus, Flows, Sessions } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { FlowAction, FlowOutcome } from '../flow-action.js';
import { Visit } from '../visit.js';

/** Stations that stand on a session; the others come before it, and one the browser has from before is not theirs (AZ-17). */
const SIGNED_ON = ['AGREEMENT_CONSENT_REQUIRED', 'DAG_USER_CODE_REQUIRED', 'DAG_CONSENT_REQUIRED'] as const;

/** "Not you?": the session ends, and the flow asks for name and password again. */
@Injectable()
export class SessionReset extends FlowAction {
  readonly name = 'session.reset';
  readonly at: readonly FlowStatus[] = [
    ...SIGNED_ON,
    ...(['PASSWORD_REQUIRED', 'MUST_CHANGE_PASSWORD', 'RECOVERY_CODE_REQUIRED', 'VERIFICATION_CODE_REQUIRED'] as const),
  ];

  constructor(
    private readonly flows: Flows,
    private readonly sessions: Sessions,
  ) {
    super();
  }

  async run({ environment, flow }: Visit): Promise<FlowOutcome> {
    const to = 'USERNAME_PASSWORD_REQUIRED';
    const moved = await this.flows.advance(environment.id, flow.id, flow.status, {
      ...{ to, forget: true, purpose: anew(flow.purpose), lifetime: environment.lifetimes.flow },
    });
    if (!moved || !SIGNED_ON.some((status) => status === flow.status)) return { kind: 'moved' };
    if (flow.sessionId) await this.sessions.end(environment.id, flow.sessionId);
    return { kind: 'moved', cookies: [{ name: 'session', value: null }] };
  }
}

/** Whoever comes next says their own name, and enters the device's code themselves (D6). */
function anew({ claimedName: _, ...purpose }: FlowPurpose): FlowPurpose {
  if (purpose.kind !== 'device') return purpose;
  const { deviceAuthorizationId: __, ...device } = purpose;
  return device;
}
