import { HttpCall, HttpReply } from '@grantway/contracts';
import { AuthorizationRequest, Environment, Flows } from '@grantway/domain';
import { EventLog } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { CodeIssuer } from '../code-issuer.js';
import { errorPage } from '../error-page.js';
import { bindBrowser } from '../flow/browser-binding.js';
import { signOnLocation } from '../flow/locations.js';
import { SignOnPolicy, Standing } from '../sign-on-policy.js';
import { authorizationError } from './authorization-response.js';
import { AuthorizeContext } from './authorize-context.js';
import { Step } from './step.js';

/** Longest query we send a browser to by ourselves. */
const LONGEST_BOUNCE = 6_000;

/** Seconds. Kept, so that two first visits at once, of which only one cookie survives, stay rare. */
const BROWSER_COOKIE_LIFE = 31_536_000;

/** Answers at once where session and consent suffice; else begins a flow (design section 3). */
export class AuthorizationEndpoint {
  constructor(
    private readonly steps: readonly Step[],
    private readonly policy: SignOnPolicy,
    private readonly codes: CodeIssuer,
    private readonly flows: Flows,
    private readonly log: EventLog,
  ) {}

  async start(call: HttpCall, environment: Environment, issuer: string): Promise<HttpReply> {
    const context = new AuthorizeContext(call, environment, issuer);
    try {
      for (const step of this.steps) await step.run(context);
      return await this.#decide(context);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      this.log.refused(call, error, { client_id: context.client?.id });
      const { redirectUri, responseMode, state } = context;
      // AZ-02: only a proven redirect URI hears about it.
      if (redirectUri === undefined) return errorPage(call, 'bad_request', error);
      return authorizationError({ redirectUri, responseMode, state, issuer }, error);
    }
  }

  async #decide(context: AuthorizeContext): Promise<HttpReply> {
    const { call, environment, issuer, client } = context;
    const request = requestOf(context);
    // A form posted from the client's site brings no SameSite cookies, so look again after a plain navigation.
    const again = call.method === 'POST' && call.cookies.session === undefined ? sameByGet(context) : undefined;
    if (again) return again;
    const standing = await this.policy.standing(environment, call.cookies.session);
    const signOn = this.policy.mustSignOn(request, standing);
    const consent = signOn || (await this.policy.mustConsent(client, request, (standing as Standing).user.id));
    if (request.prompts.includes('none')) {
      // OIDC Core §3.1.2.6: never UI, never a guess (AZ-16).
      if (signOn) throw new OAuthError('login_required');
      if (consent) throw new OAuthError('consent_required');
    }
    if (standing && !consent) {
      this.log.done(call, 'code issued', { client_id: client.id, sub: standing.user.id });
      return this.codes.answer({ environment, issuer, request, session: standing.session });
    }
    return this.#beginFlow(context, request, signOn ? undefined : standing);
  }

  async #beginFlow(context: AuthorizeContext, request: AuthorizationRequest, standing?: Standing): Promise<HttpReply> {
    const { call, environment } = context;
    const browser = bindBrowser(call.cookies.browser);
    const flowId = await this.flows.begin({
      environmentId: environment.id,
      status: standing ? 'AGREEMENT_CONSENT_REQUIRED' : 'USERNAME_PASSWORD_REQUIRED',
      request,
      browserHash: browser.hash,
      lifetime: environment.lifetimes.flow,
      ...(standing && { sessionId: standing.session.id, userId: standing.user.id }),
    });
    return {
      kind: 'redirect',
      location: signOnLocation(environment.id, flowId),
      headers: { 'cache-control': 'no-store' },
      cookies: [{ name: 'browser', value: browser.cookie, maxAge: BROWSER_COOKIE_LIFE }],
    };
  }
}

function requestOf(context: AuthorizeContext): AuthorizationRequest {
  const { client, params, state, codeChallenge, codeChallengeMethod, maxAge, hintedSubject } = context;
  const nonce = params.get('nonce');
  const loginHint = params.get('login_hint');
  return {
    clientId: client.id,
    redirectUri: context.redirectUri as string,
    redirectUriSent: params.has('redirect_uri'),
    responseType: context.responseType,
    responseMode: context.responseMode,
    scope: context.scope.toArray(),
    resources: context.resources,
    prompts: context.prompts,
    ...(state !== undefined && { state }),
    ...(nonce !== undefined && { nonce }),
    ...(codeChallenge !== undefined && { codeChallenge }),
    ...(codeChallengeMethod !== undefined && { codeChallengeMethod }),
    ...(maxAge !== undefined && { maxAge }),
    ...(loginHint !== undefined && { loginHint }),
    ...(hintedSubject !== undefined && { hintedSubject }),
  };
}

function sameByGet({ params, resources, issuer }: AuthorizeContext): HttpReply | undefined {
  const query = new URLSearchParams([...params].filter(([name]) => name !== 'resource'));
  for (const resource of resources) query.append('resource', resource);
  const text = query.toString();
  if (text.length > LONGEST_BOUNCE) return undefined;
  return { kind: 'redirect', location: `${issuer}/authorize?${text}`, headers: { 'cache-control': 'no-store' } };
}
