import { CookieChange, HttpCall, HttpReply, SignedOffPage } from '@grantway/contracts';
import {
  bindBrowser,
  browserCookie,
  csrfToken,
  Environment,
  isCsrfToken,
  Session,
  Sessions,
  UserDirectory,
} from '@grantway/domain';
import { EventLog, errorPage } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { TokenVerifier } from '@grantway/token-signing';
import { Injectable } from '@nestjs/common';
import { AuthorizeConfig } from '../authorize.config.js';
import { LONGEST_BOUNCE } from '../bounce.js';
import { SignOffRequest, SignOffRequests } from './sign-off-request.js';

const NO_STORE = { 'cache-control': 'no-store' } as const;
const COOKIE_GONE: CookieChange = { name: 'session', value: null };

/** Ends the browser's session, and with it what is bound to it (OIDC RP-Initiated Logout; LO-01 to LO-03). */
@Injectable()
export class SignOff {
  constructor(
    private readonly config: AuthorizeConfig,
    private readonly requests: SignOffRequests,
    private readonly sessions: Sessions,
    private readonly users: UserDirectory,
    private readonly verifier: TokenVerifier,
    private readonly log: EventLog,
  ) {}

  /** `…/as/signoff`, by GET or POST. */
  async answer(call: HttpCall, environment: Environment, issuer: string): Promise<HttpReply> {
    try {
      const request = await this.requests.read(call, environment, issuer);
      const again = bounce(call, request, issuer);
      if (again) return again;
      const session = await this.#session(call, environment);
      // House rule: with nobody signed on there is nothing to confirm, but only a hint of ours earns the redirect (LO-01).
      if (!session) return signedOff(call, environment, request, request.hint !== undefined);
      const proven = request.hint !== undefined && names(request.hint, session);
      if (!proven && call.form['confirm'] === undefined) {
        return await this.#confirmation(call, environment, session, request);
      }
      if (!proven && this.#isForged(call, session)) return errorPage(call, 'forged');
      await this.#end(call, environment, session, request.client?.id);
      return signedOff(call, environment, request, true);
    } catch (error) {
      return this.#refuse(call, error);
    }
  }

  /**
   * `…/as/idpSignoff`: the session an ID token names ends without its cookie, and nobody is sent anywhere.
   * House rule: neither cookie nor person shows that it is wanted, so the ID token must not have expired.
   */
  async byHint(call: HttpCall, environment: Environment, issuer: string): Promise<HttpReply> {
    try {
      const { hint, client, sent } = await this.requests.read(call, environment, issuer);
      const grounds = { environmentId: environment.id, issuer, purpose: 'id_token' } as const;
      const live = sent['id_token_hint'] && (await this.verifier.verify(sent['id_token_hint'], grounds));
      if (!hint || !client || !live)
        throw new OAuthError('invalid_request', { description: 'id_token_hint is not valid' });
      const session = await this.sessions.findById(environment.id, hint.sessionId);
      if (session && names(hint, session)) await this.#end(call, environment, session, client.id);
      // Another browser's cookie, or a session of somebody else in this one, stays what it is.
      return signedOffPage(environment);
    } catch (error) {
      return this.#refuse(call, error);
    }
  }

  #session({ cookies }: HttpCall, { id, lifetimes }: Environment): Promise<Session | undefined> {
    if (cookies.session === undefined) return Promise.resolve(undefined);
    return this.sessions.find(id, cookies.session, lifetimes.sessionIdle);
  }

  async #end(call: HttpCall, environment: Environment, session: Session, clientId?: string): Promise<void> {
    await this.sessions.end(environment.id, session.id);
    this.log.done(call, 'user.sign_off', { sub: session.userId, sid: session.id, client_id: clientId });
  }

  #refuse(call: HttpCall, error: unknown): HttpReply {
    if (!(error instanceof OAuthError)) throw error;
    this.log.refused(call, 'user.sign_off', error);
    return errorPage(call, 'bad_request', error);
  }

  /** LO-02: nothing ends before the person says so, on a page only their own browser can answer for. */
  async #confirmation(
    call: HttpCall,
    environment: Environment,
    session: Session,
    { sent, client, redirectUri }: SignOffRequest,
  ): Promise<HttpReply> {
    const user = await this.users.find(environment.id, session.userId);
    const browser = bindBrowser(call.cookies.browser);
    return {
      kind: 'page',
      status: 200,
      headers: NO_STORE,
      ...(browser.cookie !== call.cookies.browser && { cookies: [browserCookie(browser)] }),
      page: {
        page: 'sign-off',
        environmentName: environment.name,
        ...(user && { username: user.username }),
        ...(client && { clientName: client.name }),
        form: {
          action: `/${environment.id}/as/signoff`,
          csrf: csrfToken(browser.cookie, purposeOf(session)),
          // The client by its name: its ID token need not stand in a page.
          fields: { ...dropHint(sent), ...(client && { client_id: client.id }) },
          // Chromium applies the page's policy to the redirect that follows.
          formTargets: redirectUri === undefined ? [] : [new URL(redirectUri).protocol],
        },
      },
    };
  }

  /** AZ-15. Our pages send no referrer, so a browser says `null` for itself; the CSRF token covers that case. */
  #isForged({ origin, fetchSite, cookies, form }: HttpCall, session: Session): boolean {
    const foreign = origin !== undefined && origin !== 'null' && origin !== this.config.publicUrl;
    const [csrf, second] = form['csrf'] ?? [];
    const token = second === undefined ? csrf : undefined;
    if (fetchSite === 'cross-site' || foreign || cookies.browser === undefined) return true;
    return !isCsrfToken(token, cookies.browser, purposeOf(session));
  }
}

/** The form is good for this session alone: signed on again, the person is asked again. */
function purposeOf({ id }: Session): string {
  return `sign-off.${id}`;
}

function names({ sessionId, userId }: { sessionId: string; userId: string }, session: Session): boolean {
  return session.id === sessionId && session.userId === userId;
}

/** A form posted from the client's site brings no SameSite cookies, so look again after a plain navigation (adr/0001). */
function bounce({ method, cookies }: HttpCall, { sent }: SignOffRequest, issuer: string): HttpReply | undefined {
  if (method === 'GET' || cookies.session !== undefined) return undefined;
  const query = new URLSearchParams(sent).toString();
  if (query.length > LONGEST_BOUNCE)
    throw new OAuthError('invalid_request', { description: 'the request is too long' });
  return { kind: 'redirect', location: `${issuer}/signoff?${query}`, headers: NO_STORE };
}

/** Nobody is signed on here any more. */
function signedOff(
  { cookies }: HttpCall,
  environment: Environment,
  request: SignOffRequest,
  proven: boolean,
): HttpReply {
  // LO-02: a cookie that did not come may be another site's doing, and is not ours to take away.
  const frame = { headers: NO_STORE, cookies: cookies.session === undefined ? [] : [COOKIE_GONE] };
  const back = request.redirectUri === undefined ? undefined : withState(request.redirectUri, request.sent['state']);
  if (proven && back !== undefined) return { kind: 'redirect', location: back, ...frame };
  const { client } = request;
  return {
    ...signedOffPage(environment, client && back !== undefined ? { name: client.name, address: back } : undefined),
    ...frame,
  };
}

function signedOffPage({ name }: Environment, back?: SignedOffPage['back']): HttpReply {
  const page = { page: 'signed-off', environmentName: name, ...(back && { back }) } as const;
  return { kind: 'page', status: 200, headers: NO_STORE, page };
}

function dropHint({ id_token_hint: _, ...rest }: SignOffRequest['sent']): Record<string, string> {
  return rest;
}

/** §3: passed back as it came. A query the client registered stays. */
function withState(uri: string, state: string | undefined): string {
  if (state === undefined) return uri;
  return `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ state })}`;
}
