import { HttpCall, HttpReply } from '@grantway/contracts';
import { Environment, Flow, Flows } from '@grantway/domain';
import { EventLog } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { authorizationError } from '../authorization-endpoint/authorization-response.js';
import { CodeIssuer } from '../code-issuer.js';
import { errorPage } from '../error-page.js';
import { SignOnPolicy } from '../sign-on-policy.js';
import { signOnLocation } from './locations.js';
import { isReply, Visits } from './visit.js';

/** Finishes a flow: the answer goes to the client, once (A16). */
@Injectable()
export class Resume {
  constructor(
    private readonly visits: Visits,
    private readonly flows: Flows,
    private readonly policy: SignOnPolicy,
    private readonly codes: CodeIssuer,
    private readonly log: EventLog,
  ) {}

  async finish(call: HttpCall, environment: Environment, issuer: string): Promise<HttpReply> {
    const visit = await this.visits.open(call, environment, call.query['flowId']?.[0]);
    if (isReply(visit)) return visit;
    const { flow, client } = visit;
    if (flow.status !== 'COMPLETED' && flow.status !== 'FAILED') {
      return { kind: 'redirect', location: signOnLocation(environment.id, flow.id) };
    }
    const standing = await this.policy.standing(environment, call.cookies.session);
    const own = standing !== undefined && standing.session.id === flow.sessionId;
    // The flow stays as it is: the person's own browser, session and all, can still finish it.
    if (flow.status === 'COMPLETED' && !own) return errorPage(call, 'other_browser');
    if (!(await this.flows.resume(environment.id, flow.id))) return errorPage(call, 'flow_expired');

    if (flow.status === 'FAILED' || !own) {
      const error = refusal(flow);
      this.log.refused(call, error, { client_id: client.id });
      return authorizationError({ ...flow.request, issuer }, error);
    }
    this.log.done(call, 'code issued', { client_id: client.id, sub: standing.user.id });
    return this.codes.answer(environment, issuer, flow.request, standing.session);
  }
}

/** OIDC Core §3.1.2.1: signed on as somebody else than `id_token_hint` says; else the person said no. */
function refusal({ userId, request }: Flow): OAuthError {
  const hintMissed = request.hintedSubject !== undefined && userId !== undefined && userId !== request.hintedSubject;
  return hintMissed
    ? new OAuthError('login_required', { description: 'another user signed on' })
    : new OAuthError('access_denied', { description: 'the user did not allow it' });
}
