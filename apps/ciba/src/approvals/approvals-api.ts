import { HttpCall, HttpReply } from '@grantway/contracts';
import { Environment, Standings } from '@grantway/domain';
import { EventLog, NO_STORE } from '@grantway/platform';
import { Injectable } from '@nestjs/common';
import { CibaConfig } from '../ciba.config.js';
import { apiError } from '../replies.js';
import { Approvals, Asking } from './approvals.js';

const VERDICTS: ReadonlySet<string> = new Set(['approve', 'deny']);

/** The approvals page as a JSON API, for scripts of our own origin and apps that hold the session. */
@Injectable()
export class ApprovalsApi {
  constructor(
    private readonly config: CibaConfig,
    private readonly standings: Standings,
    private readonly approvals: Approvals,
    private readonly log: EventLog,
  ) {}

  async list(call: HttpCall, environment: Environment): Promise<HttpReply> {
    const foreign = call.fetchSite === 'cross-site' || (call.origin !== undefined && !this.#isOurs(call));
    if (foreign) return apiError(call, FORBIDDEN);
    const standing = await this.standings.of(environment, call.cookies.session);
    if (!standing) return apiError(call, NOT_SIGNED_ON);
    const pending = await this.approvals.pending(standing, environment);
    const requests = pending.map((asking) => this.#document(asking, environment));
    const self = { href: `${this.config.publicUrl}/${environment.id}/approvals/requests` };
    return json({ _links: { self }, _embedded: { requests }, count: requests.length });
  }

  async decide(call: HttpCall, environment: Environment): Promise<HttpReply> {
    // CB-08: a browser says on every POST where it comes from; others that hold the session can say it as well.
    if (!this.#isOurs(call)) return apiError(call, FORBIDDEN);
    const standing = await this.standings.of(environment, call.cookies.session);
    if (!standing) return apiError(call, NOT_SIGNED_ON);
    const { id = '', action = '' } = call;
    if (!VERDICTS.has(action)) return apiError(call, UNKNOWN_ACTION);
    const answer = await this.approvals.answer(id, action as 'approve' | 'deny', standing, environment);
    if (answer === 'unknown') return apiError(call, UNKNOWN_REQUEST);
    if (answer === 'over') return apiError(call, OVER);
    this.log.done(call, 'backchannel.decide', { sub: standing.user.id, verdict: action, backchannel_request: id });
    return json({ id, status: action === 'approve' ? 'APPROVED' : 'DENIED' });
  }

  #isOurs({ origin, fetchSite }: HttpCall): boolean {
    return origin === this.config.publicUrl && fetchSite !== 'cross-site';
  }

  #document({ request, client, scopes }: Asking, environment: Environment): Record<string, unknown> {
    const self = { href: `${this.config.publicUrl}/${environment.id}/approvals/requests/${request.id}` };
    return {
      _links: { self, approve: self, deny: self },
      id: request.id,
      status: 'PENDING',
      createdAt: request.createdAt.toISOString(),
      expiresAt: request.expiresAt.toISOString(),
      ...(request.bindingMessage !== undefined && { bindingMessage: request.bindingMessage }),
      application: { id: client.id, name: client.name },
      scopes: scopes.map(({ name, description }) => ({ name, ...(description && { description }) })),
    };
  }
}

const FORBIDDEN = { status: 403, code: 'ACCESS_FAILED', message: 'This origin may not answer for the user.' } as const;
const NOT_SIGNED_ON = { status: 401, code: 'ACCESS_FAILED', message: 'Nobody is signed on.' } as const;
const UNKNOWN_REQUEST = { status: 404, code: 'NOT_FOUND', message: 'The user was not asked this.' } as const;
const OVER = { status: 409, code: 'CONFLICT', message: 'The request was decided before, or has expired.' } as const;
const UNKNOWN_ACTION = {
  status: 400,
  code: 'INVALID_REQUEST',
  message: 'The request does not say what is to be done.',
  detail: 'The action must be approve or deny.',
} as const;

function json(body: unknown): HttpReply {
  return { kind: 'json', status: 200, headers: NO_STORE, body };
}
