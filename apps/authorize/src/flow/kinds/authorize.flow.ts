import { HttpReply } from '@grantway/contracts';
import { Clients, Flow, FlowStatus, Flows, redirectUriMatches, Standings, User } from '@grantway/domain';
import { EventLog, errorPage } from '@grantway/platform';
import { errorBody, OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { AnswerIssuer } from '../../answer-issuer.js';
import { answerFields, authorizationError } from '../../authorization-endpoint/authorization-response.js';
import { missesHint, SignOnPolicy } from '../../sign-on-policy.js';
import { FlowKind, FlowMatter, isOwnSession, namesOf, purposeOf, standingOf, Visit } from '../visit.js';

/** A client's authorization request that needs a person; ends in its answer, once (A16). */
@Injectable()
export class AuthorizeFlow extends FlowKind {
  readonly kind = 'authorize';

  constructor(
    private readonly flows: Flows,
    private readonly clients: Clients,
    private readonly policy: SignOnPolicy,
    private readonly standings: Standings,
    private readonly answers: AnswerIssuer,
    private readonly log: EventLog,
  ) {
    super();
  }

  async matter(flow: Flow): Promise<FlowMatter | undefined> {
    const { clientId, scope, redirectUri, loginHint } = purposeOf(flow, 'authorize').request;
    const client = await this.clients.find(flow.environmentId, clientId);
    if (!client?.enabled) return undefined;
    return {
      client,
      scope,
      ...(redirectUri !== undefined && { redirectUri }),
      ...(loginHint !== undefined && { loginHint }),
    };
  }

  async afterSignOn({ flow, matter }: Visit, user: User): Promise<FlowStatus> {
    const { request } = purposeOf(flow, 'authorize');
    if (missesHint(request, user.id)) return 'FAILED';
    // There is a client: without one there would be no visit.
    const consent = matter.client && (await this.policy.mustConsent(matter.client, request, user.id));
    return consent ? 'AGREEMENT_CONSENT_REQUIRED' : 'COMPLETED';
  }

  async finish(visit: Visit, issuer: string): Promise<HttpReply> {
    const { redirectUri, client } = visit.matter;
    // Whoever took the redirect URI from the client since had a reason.
    const registered =
      redirectUri === undefined ||
      client?.redirectUris.some((uri) => redirectUriMatches(uri, redirectUri, client.legacy));
    if (!registered) return errorPage(visit.call, 'flow_expired');
    return visit.flow.status === 'FAILED' ? this.#refuse(visit, issuer) : this.#grant(visit, issuer);
  }

  async #refuse(visit: Visit, issuer: string): Promise<HttpReply> {
    const { call, environment, flow } = visit;
    const { request } = purposeOf(flow, 'authorize');
    if (!(await this.flows.resume(environment.id, flow.id))) return errorPage(call, 'flow_expired');
    const error = refusal(flow);
    this.log.refused(call, 'authorization.answer', error, namesOf(visit));
    const target = { ...request, issuer };
    if (request.responseMode !== 'pi.flow') return authorizationError(target, error);
    const body = { authorizeResponse: answerFields(target, errorBody(error)) };
    return { kind: 'json', status: 200, headers: { 'cache-control': 'no-store' }, body };
  }

  async #grant(visit: Visit, issuer: string): Promise<HttpReply> {
    const { call, environment, flow, matter } = visit;
    const { request } = purposeOf(flow, 'authorize');
    const standing = await standingOf(visit, this.standings);
    // The flow stays as it is: the person's own browser, session and all, can still finish it.
    if (!isOwnSession(flow, standing) || !matter.client) return errorPage(call, 'other_browser');
    const grounds = { call, environment, issuer, client: matter.client, request, ...standing };
    return (await this.answers.answer(grounds, flow.id)) ?? errorPage(call, 'flow_expired');
  }
}

/** OIDC Core §3.1.2.1: signed on as somebody else than `id_token_hint` says; else the person said no. */
function refusal(flow: Flow): OAuthError {
  const { request } = purposeOf(flow, 'authorize');
  return flow.userId !== undefined && missesHint(request, flow.userId)
    ? new OAuthError('login_required', { description: 'another user signed on' })
    : new OAuthError('access_denied', { description: 'the user did not allow it' });
}
