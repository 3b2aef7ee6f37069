import { FlowStatus, Flows, Standings } from '@grantway/domain';
import { EventLog } from '@grantway/platform';
import { OAuthError, ScopeSet } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { FlowAction, FlowOutcome } from '../flow-action.js';
import { FlowInput } from '../flow-input.js';
import { isOwnSession, namesOf, standingOf, Visit } from '../visit.js';

/** The person allows the client what it asks for, or does not. */
@Injectable()
export class UserConsent extends FlowAction {
  readonly name = 'user.consent';
  readonly at: readonly FlowStatus[] = ['AGREEMENT_CONSENT_REQUIRED'];

  constructor(
    private readonly flows: Flows,
    private readonly standings: Standings,
    private readonly log: EventLog,
  ) {
    super();
  }

  async run(visit: Visit, input: FlowInput): Promise<FlowOutcome> {
    const { environment, flow, matter } = visit;
    const accept = input.decision('accept');
    if (accept === undefined) return { kind: 'refused', because: 'bad_request' };
    // Whoever consents must be the one who is signed on in this browser now.
    const standing = await standingOf(visit, this.standings);
    if (!isOwnSession(flow, standing) || !matter.client) return { kind: 'refused', because: 'other_browser' };
    const to = accept ? 'COMPLETED' : 'FAILED';
    const { flow: lifetime } = environment.lifetimes;
    const consent = { userId: standing.user.id, clientId: matter.client.id, scope: ScopeSet.from(matter.scope) };
    const step = { to, lifetime, ...(accept && { consent }) } as const;
    const moved = await this.flows.advance(environment.id, flow.id, flow.status, step);
    if (moved) this.#log(visit, standing.session.id, accept);
    return { kind: 'moved', to };
  }

  #log(visit: Visit, sid: string, accept: boolean): void {
    const names = { ...namesOf(visit), sid };
    const { call, matter } = visit;
    if (accept) this.log.done(call, 'user.consent', { ...names, scope: matter.scope.join(' ') });
    else this.log.refused(call, 'user.consent', new OAuthError('access_denied', { reason: 'consent.denied' }), names);
  }
}
