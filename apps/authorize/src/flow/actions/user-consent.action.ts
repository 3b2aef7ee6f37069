import { HttpReply } from '@grantway/contracts';
import { Consents, FlowStatus, Flows } from '@grantway/domain';
import { EventLog } from '@grantway/platform';
import { ScopeSet } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { errorPage } from '../../error-page.js';
import { SignOnPolicy } from '../../sign-on-policy.js';
import { FlowAction } from '../flow-action.js';
import { resumeLocation } from '../locations.js';
import { field, Visit } from '../visit.js';

/** The person allows the client what it asks for, or does not. */
@Injectable()
export class UserConsent extends FlowAction {
  readonly name = 'user.consent';
  readonly at: readonly FlowStatus[] = ['AGREEMENT_CONSENT_REQUIRED'];

  constructor(
    private readonly flows: Flows,
    private readonly consents: Consents,
    private readonly policy: SignOnPolicy,
    private readonly log: EventLog,
  ) {
    super();
  }

  async run({ call, environment, flow, client }: Visit): Promise<HttpReply> {
    const accept = field(call, 'accept');
    if (accept !== 'true' && accept !== 'false') return errorPage(call, 'bad_request');
    // Whoever consents must be the one who is signed on in this browser now.
    const standing = await this.policy.standing(environment, call.cookies.session);
    if (!standing || standing.session.id !== flow.sessionId) return errorPage(call, 'other_browser');
    const moved = await this.flows.advance(environment.id, flow.id, flow.status, {
      to: accept === 'true' ? 'COMPLETED' : 'FAILED',
      lifetime: environment.lifetimes.flow,
    });
    if (moved && accept === 'true') {
      await this.consents.remember(environment.id, standing.user.id, client.id, ScopeSet.from(flow.request.scope));
    }
    if (moved)
      this.log.done(call, `consent ${accept === 'true' ? 'given' : 'refused'}`, {
        client_id: client.id,
        sub: standing.user.id,
      });
    return { kind: 'redirect', location: resumeLocation(environment.id, flow.id) };
  }
}
