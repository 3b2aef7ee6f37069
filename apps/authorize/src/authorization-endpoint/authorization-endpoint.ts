import { HttpCall, HttpReply } from '@grantway/contracts';
import {
  AuthorizationRequest,
  bindBrowser,
  browserCookie,
  Environment,
  Flows,
  Standing,
  Standings,
} from '@grantway/domain';
import { EventLog, errorPage } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { AnswerIssuer } from '../answer-issuer.js';
import { LONGEST_BOUNCE } from '../bounce.js';
import { FlowDocuments } from '../flow/flow-documents.js';
import { signOnLocation } from '../flow/locations.js';
import { SignOnPolicy } from '../sign-on-policy.js';
import { requestOf } from './authorization-request.js';
import { authorizationError, ResponseTarget } from './authorization-response.js';
import { AuthorizeContext } from './authorize-context.js';
import { Step } from './step.js';

/** Answers at once where session and consent suffice; else begins a flow (design section 3). */
export class AuthorizationEndpoint {
  constructor(
    private readonly steps: readonly Step[],
    private readonly policy: SignOnPolicy,
    private readonly standings: Standings,
    private readonly answers: AnswerIssuer,
    private readonly flows: Flows,
    private readonly documents: FlowDocuments,
    private readonly publicUrl: string,
    private readonly log: EventLog,
  ) {}

  async start(call: HttpCall, environment: Environment, issuer: string): Promise<HttpReply> {
    const sent = call.method === 'POST' ? call.form : call.query;
    const context = new AuthorizeContext(call, environment, issuer, sent);
    try {
      for (const step of this.steps) await step.run(context);
      return await this.#decide(context);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      this.log.refused(call, 'authorization.answer', error, { client_id: context.client?.id });
      const target = targetOf(context);
      // AZ-02: only a proven redirect URI hears about it.
      return target ? authorizationError(target, error) : errorPage(call, 'bad_request', error);
    }
  }

  async #decide(context: AuthorizeContext): Promise<HttpReply> {
    const { call, environment, issuer, client } = context;
    if (this.#isForeign(context)) throw new OAuthError('access_denied', { reason: 'authorize.foreign_origin' });
    const request = requestOf(context);
    // A form posted from the client's site brings no SameSite cookies, so look again after a plain navigation.
    const isForm = call.method === 'POST' && request.responseMode !== 'pi.flow';
    const again = isForm && call.cookies.session === undefined ? sameByGet(context) : undefined;
    if (again) return again;
    const standing = await this.standings.of(environment, call.cookies.session);
    const signOn = this.policy.mustSignOn(request, standing);
    const consent = signOn || (await this.policy.mustConsent(client, request, (standing as Standing).user.id));
    if (request.prompts.includes('none')) {
      // OIDC Core §3.1.2.6: never UI, never a guess (AZ-16).
      if (signOn) throw new OAuthError('login_required');
      if (consent) throw new OAuthError('consent_required');
    }
    if (standing && !consent) {
      const answer = await this.answers.answer({ call, environment, issuer, client, request, ...standing });
      return answer ?? this.#usedBefore(context);
    }
    return this.#beginFlow(context, request, signOn ? undefined : standing);
  }

  /** PR-01. Told to the person, as any other request that cannot be trusted; to a script as JSON. */
  #usedBefore({ call, issuer, responseMode, client }: AuthorizeContext): HttpReply {
    const error = new OAuthError('invalid_request_uri', { description: 'request_uri was used before' });
    this.log.refused(call, 'authorization.answer', error, { client_id: client.id });
    if (responseMode === 'pi.flow') return authorizationError({ responseMode, issuer }, error);
    return errorPage(call, 'bad_request', error);
  }

  async #beginFlow(context: AuthorizeContext, request: AuthorizationRequest, standing?: Standing): Promise<HttpReply> {
    const { call, environment } = context;
    const browser = bindBrowser(call.cookies.browser);
    const flowId = await this.flows.begin({
      environmentId: environment.id,
      status: standing ? 'AGREEMENT_CONSENT_REQUIRED' : 'USERNAME_PASSWORD_REQUIRED',
      purpose: { kind: 'authorize', request },
      browserHash: browser.hash,
      lifetime: environment.lifetimes.flow,
      ...(standing && { sessionId: standing.session.id, userId: standing.user.id }),
    });
    const frame = {
      headers: { 'cache-control': 'no-store' },
      cookies: [browserCookie(browser)],
    } as const;
    if (request.responseMode === 'pi.flow') {
      const flow = await this.flows.find(environment.id, flowId);
      if (!flow) throw new Error('a flow that was just begun is not there');
      const matter = { client: context.client, scope: request.scope };
      return {
        kind: 'json',
        status: 200,
        body: await this.documents.of({ call, environment, flow, matter }),
        ...frame,
      };
    }
    return { kind: 'redirect', location: signOnLocation(environment.id, flowId), ...frame };
  }

  /** `pi.flow` answers scripts, so the script must be one of the client's own (HT-04); a page is nobody's to read anyhow. */
  #isForeign({ call, client, responseMode }: AuthorizeContext): boolean {
    if (responseMode !== 'pi.flow' || call.origin === undefined || call.origin === this.publicUrl) return false;
    return !client.allowedOrigins.includes(call.origin);
  }
}

/** Undefined while nobody but the person may be told. */
function targetOf({
  redirectUri,
  responseMode,
  state,
  issuer,
  client,
  params,
}: AuthorizeContext): ResponseTarget | undefined {
  const target = { redirectUri, responseMode, state, issuer };
  if (client && params.get('response_mode') === 'pi.flow') return { ...target, responseMode: 'pi.flow' };
  return redirectUri === undefined ? undefined : target;
}

/** What this request itself brought, and not what it names: pushed values never get into an address (CVE-2024-4540). */
function sameByGet({ sent, issuer }: AuthorizeContext): HttpReply | undefined {
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(sent)) for (const value of values) query.append(name, value);
  const text = query.toString();
  if (text.length > LONGEST_BOUNCE) return undefined;
  return { kind: 'redirect', location: `${issuer}/authorize?${text}`, headers: { 'cache-control': 'no-store' } };
}
