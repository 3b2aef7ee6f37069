import { HttpCall, HttpReply } from '@grantway/contracts';
import { Environment } from '@grantway/domain';
import { errorPage } from '../error-page.js';
import { isCsrfToken } from './browser-binding.js';
import { FlowAction } from './flow-action.js';
import { FlowPages } from './flow-pages.js';
import { signOnLocation } from './locations.js';
import { field, isReply, Visits } from './visit.js';

/** The page that drives a flow, and the forms on it. */
export class SignOn {
  readonly #actions: ReadonlyMap<string, FlowAction>;

  constructor(
    private readonly visits: Visits,
    private readonly pages: FlowPages,
    private readonly publicUrl: string,
    actions: readonly FlowAction[],
  ) {
    this.#actions = new Map(actions.map((action) => [action.name, action]));
  }

  async page(call: HttpCall, environment: Environment): Promise<HttpReply> {
    const visit = await this.visits.open(call, environment, call.query['flowId']?.[0]);
    return isReply(visit) ? visit : this.pages.current(visit);
  }

  async submit(call: HttpCall, environment: Environment): Promise<HttpReply> {
    const visit = await this.visits.open(call, environment, field(call, 'flowId'));
    if (isReply(visit)) return visit;
    if (this.#isForeign(call) || !isCsrfToken(field(call, 'csrf'), visit.browser, visit.flow.id)) {
      return errorPage(call, 'forged');
    }
    const action = this.#actions.get(field(call, 'action') ?? '');
    if (!action) return errorPage(call, 'bad_request');
    // A repeated or belated step changes nothing; the person is shown where the flow stands.
    if (!action.at.includes(visit.flow.status)) {
      return { kind: 'redirect', location: signOnLocation(environment.id, visit.flow.id) };
    }
    return action.run(visit);
  }

  /** AZ-15. Our pages send no referrer, so a browser says `null` for itself; the CSRF token covers that case. */
  #isForeign({ origin, fetchSite }: HttpCall): boolean {
    return fetchSite === 'cross-site' || (origin !== undefined && origin !== 'null' && origin !== this.publicUrl);
  }
}
