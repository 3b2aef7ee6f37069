import { ApprovalRequest, HttpCall, HttpReply } from '@grantway/contracts';
import {
  bindBrowser,
  browserCookie,
  csrfToken,
  Environment,
  Flows,
  isCsrfToken,
  Standing,
  Standings,
} from '@grantway/domain';
import { EventLog, errorPage } from '@grantway/platform';
import { Injectable } from '@nestjs/common';
import { CibaConfig } from '../ciba.config.js';
import { Approvals, Asking } from './approvals.js';

/** Seconds. Only while there is nothing a reload could take out of somebody's hands. */
const LOOK_AGAIN = 5;
const VERDICTS = ['approve', 'deny'] as const;

/** The page of a signed-on person on which clients' requests wait for an answer (B12). */
@Injectable()
export class ApprovalsPages {
  constructor(
    private readonly config: CibaConfig,
    private readonly standings: Standings,
    private readonly approvals: Approvals,
    private readonly flows: Flows,
    private readonly log: EventLog,
  ) {}

  async show(call: HttpCall, environment: Environment): Promise<HttpReply> {
    const standing = await this.standings.of(environment, call.cookies.session);
    if (!standing) return this.#signOn(call, environment);
    const browser = bindBrowser(call.cookies.browser);
    const pending = await this.approvals.pending(standing, environment);
    const requests = pending.map((asking) => shown(asking, browser.cookie));
    const answered = await this.#answered(call, standing, environment);
    // Else what is shown stays true: it is asked for anew when the first request has expired.
    const refresh = Math.max(LOOK_AGAIN, Math.min(...requests.map(({ expiresIn }) => expiresIn + 1)));
    return {
      kind: 'page',
      status: 200,
      headers: { 'cache-control': 'no-store', refresh: String(requests.length > 0 ? refresh : LOOK_AGAIN) },
      cookies: [browserCookie(browser)],
      page: {
        page: 'approvals',
        environmentName: environment.name,
        username: standing.user.username,
        action: location(environment),
        requests,
        ...(answered && { answered }),
      },
    };
  }

  async submit(call: HttpCall, environment: Environment): Promise<HttpReply> {
    const [id, second] = call.form['request'] ?? [];
    const { browser } = call.cookies;
    const [csrf] = call.form['csrf'] ?? [];
    const forged = this.#isForeign(call) || browser === undefined || !id || !isCsrfToken(csrf, browser, id);
    if (forged || second !== undefined) return errorPage(call, 'forged');
    const standing = await this.standings.of(environment, call.cookies.session);
    // The session ended while they were reading: nothing was decided, and they are asked again.
    if (!standing) return { kind: 'redirect', location: location(environment) };
    const verdict = VERDICTS.find((each) => each === call.form['verdict']?.[0]);
    if (verdict === undefined) return errorPage(call, 'bad_request');
    const answer = await this.approvals.answer(id, verdict, standing, environment);
    if (answer === 'unknown') return errorPage(call, 'forged');
    const reason = answer === 'over' ? 'backchannel.over' : undefined;
    this.log.done(call, 'backchannel.decide', { sub: standing.user.id, verdict, backchannel_request: id, reason });
    return { kind: 'redirect', location: `${location(environment)}?answered=${encodeURIComponent(id)}` };
  }

  /** What became of the request they just answered, as it is stored: the address alone would let anybody say anything. */
  async #answered(call: HttpCall, standing: Standing, environment: Environment) {
    const [id] = call.query['answered'] ?? [];
    const found = id === undefined ? undefined : await this.approvals.find(id, standing, environment);
    if (!found || found.request.state === 'pending') return undefined;
    return { clientName: found.client.name, outcome: found.request.state };
  }

  async #signOn(call: HttpCall, environment: Environment): Promise<HttpReply> {
    const browser = bindBrowser(call.cookies.browser);
    const flowId = await this.flows.begin({
      environmentId: environment.id,
      status: 'USERNAME_PASSWORD_REQUIRED',
      purpose: { kind: 'sign_on', returnTo: 'approvals' },
      browserHash: browser.hash,
      lifetime: environment.lifetimes.flow,
    });
    return {
      kind: 'redirect',
      location: `/${environment.id}/signon?flowId=${flowId}`,
      headers: { 'cache-control': 'no-store' },
      cookies: [browserCookie(browser)],
    };
  }

  /** AZ-15. Our pages send no referrer, so a browser says `null` for itself; the CSRF token covers that case. */
  #isForeign({ origin, fetchSite }: HttpCall): boolean {
    const { publicUrl } = this.config;
    return fetchSite === 'cross-site' || (origin !== undefined && origin !== 'null' && origin !== publicUrl);
  }
}

function location({ id }: Environment): string {
  return `/${id}/approvals`;
}

function shown({ request, client, scopes }: Asking, browser: string): ApprovalRequest {
  const { id, bindingMessage, createdAt, expiresAt } = request;
  const now = Date.now();
  return {
    id,
    csrf: csrfToken(browser, id),
    clientName: client.name,
    scopes,
    ...(bindingMessage !== undefined && { bindingMessage }),
    age: secondsBetween(createdAt.getTime(), now),
    expiresIn: secondsBetween(now, expiresAt.getTime()),
  };
}

/** Never less than none, whatever the clocks of this process and the database say. */
function secondsBetween(from: number, to: number): number {
  return Math.max(0, Math.floor((to - from) / 1000));
}
