import {
  Authorization,
  Consents,
  DeviceAuthorization,
  DeviceAuthorizations,
  FlowStatus,
  Flows,
  Session,
  Standings,
} from '@grantway/domain';
import { EventLog } from '@grantway/platform';
import { OAuthError, ScopeSet } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { FlowAction, FlowOutcome, problem } from '../flow-action.js';
import { FlowInput } from '../flow-input.js';
import { isOwnSession, namesOf, standingOf, Visit } from '../visit.js';

/** The person lets the device in, or does not (D6, DV-05). */
@Injectable()
export class DeviceConsent extends FlowAction {
  readonly name = 'deviceAuthGrant.consent';
  readonly at: readonly FlowStatus[] = ['DAG_CONSENT_REQUIRED'];

  constructor(
    private readonly flows: Flows,
    private readonly devices: DeviceAuthorizations,
    private readonly consents: Consents,
    private readonly standings: Standings,
    private readonly log: EventLog,
  ) {
    super();
  }

  async run(visit: Visit, input: FlowInput): Promise<FlowOutcome> {
    const { call, environment, flow, matter } = visit;
    const accept = input.decision('accept');
    if (accept === undefined) return { kind: 'refused', because: 'bad_request' };
    const standing = await standingOf(visit, this.standings);
    if (!isOwnSession(flow, standing)) return { kind: 'refused', because: 'other_browser' };
    const { device } = matter;
    const to = accept ? 'COMPLETED' : 'FAILED';
    // The device's own record decides who was first; the flow only follows.
    const approved = accept && device ? authorizationOf(device, standing.session) : undefined;
    if (!device || !(await this.devices.decide(environment.id, device.id, approved))) return this.#late(visit);
    const { flow: lifetime } = environment.lifetimes;
    await this.flows.advance(environment.id, flow.id, flow.status, { to, lifetime });
    if (accept) {
      await this.consents.remember(environment.id, standing.user.id, device.clientId, ScopeSet.from(device.scope));
    }
    const names = { ...namesOf(visit), client_id: device.clientId, sid: standing.session.id };
    if (accept) this.log.done(call, 'device.decide', { ...names, scope: device.scope.join(' ') });
    else this.log.refused(call, 'device.decide', new OAuthError('access_denied', { reason: 'device.denied' }), names);
    return { kind: 'moved', to };
  }

  /** Decided meanwhile: by this flow's other tab, which moved it, or elsewhere. */
  async #late({ environment, flow }: Visit): Promise<FlowOutcome> {
    const now = await this.flows.find(environment.id, flow.id);
    return now && now.status !== flow.status ? { kind: 'moved' } : problem({ kind: 'gone' });
  }
}

function authorizationOf({ scope, resources }: DeviceAuthorization, session: Session): Authorization {
  return {
    subject: { kind: 'user', id: session.userId },
    scope: ScopeSet.from(scope),
    resources,
    authentication: { time: session.authTime, acr: session.acr, amr: session.amr, sessionId: session.id },
  };
}
