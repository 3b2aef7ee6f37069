import { HttpCall, HttpReply } from '@grantway/contracts';
import { Environment, Flow, Flows, redirectUriMatches } from '@grantway/domain';
import { EventLog } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { authorizationError } from '../authorization-endpoint/authorization-response.js';
import { CodeIssuer } from '../code-issuer.js';
import { errorPage } from '../error-page.js';
import { missesHint, SignOnPolicy, Standing } from '../sign-on-policy.js';
import { signOnLocation } from './locations.js';
import { isReply, Visit, Visits } from './visit.js';

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
    // Whoever took the redirect URI from the client since had a reason.
    const { redirectUri } = flow.request;
    if (!client.redirectUris.some((uri) => redirectUriMatches(uri, redirectUri, client.legacy))) {
      return errorPage(call, 'flow_expired');
    }
    return flow.status === 'FAILED' ? this.#refuse(visit, issuer) : this.#grant(visit, issuer);
  }

  async #refuse({ call, environment, client, flow }: Visit, issuer: string): Promise<HttpReply> {
    if (!(await this.flows.resume(environment.id, flow.id))) return errorPage(call, 'flow_expired');
    const error = refusal(flow);
    this.log.refused(call, error, { client_id: client.id });
    return authorizationError({ ...flow.request, issuer }, error);
  }

  async #grant({ call, environment, client, flow }: Visit, issuer: string): Promise<HttpReply> {
    const standing = await this.policy.standing(environment, call.cookies.session);
    // The flow stays as it is: the person's own browser, session and all, can still finish it.
    if (!standing || !isOwn(flow, standing)) return errorPage(call, 'other_browser');
    const { session, user } = standing;
    const answer = await this.codes.finish(flow.id, { environment, issuer, request: flow.request, session });
    if (answer === undefined) return errorPage(call, 'flow_expired');
    this.log.done(call, 'code issued', { client_id: client.id, sub: user.id });
    return answer;
  }
}

/** The session the flow signed on with, and not as it was before the person had to sign on again (AZ-17). */
function isOwn({ sessionId, signedOnAt }: Flow, { session }: Standing): boolean {
  return session.id === sessionId && (signedOnAt === undefined || session.authTime >= signedOnAt);
}

/** OIDC Core §3.1.2.1: signed on as somebody else than `id_token_hint` says; else the person said no. */
function refusal({ userId, request }: Flow): OAuthError {
  return userId !== undefined && missesHint(request, userId)
    ? new OAuthError('login_required', { description: 'another user signed on' })
    : new OAuthError('access_denied', { description: 'the user did not allow it' });
}
