import { HttpCall, HttpReply } from '@grantway/contracts';
import { Environment, isCsrfToken } from '@grantway/domain';
import { errorPage } from '@grantway/platform';
import { FlowActions, FlowOutcome, FlowView, isOffered } from './flow-action.js';
import { field, formInput } from './flow-input.js';
import { FlowPages } from './flow-pages.js';
import { resumeLocation, signOnLocation } from './locations.js';
import { Visit } from './visit.js';
import { Visits } from './visits.js';

const VIEWS: ReadonlySet<string> = new Set<FlowView>(['recovery', 'registration']);

/** The pages that drive a flow, and the forms on them. */
export class SignOn {
  constructor(
    private readonly visits: Visits,
    private readonly pages: FlowPages,
    private readonly publicUrl: string,
    private readonly actions: FlowActions,
  ) {}

  async page(call: HttpCall, environment: Environment): Promise<HttpReply> {
    const visit = await this.visits.open(call, environment, call.query['flowId']?.[0]);
    if (typeof visit === 'string') return errorPage(call, visit);
    const view = call.query['view']?.[0] ?? '';
    return this.pages.current(visit, VIEWS.has(view) ? { view: view as FlowView } : {});
  }

  async submit(call: HttpCall, environment: Environment): Promise<HttpReply> {
    const visit = await this.visits.open(call, environment, field(call, 'flowId'));
    if (typeof visit === 'string') return errorPage(call, visit);
    if (this.#isForeign(call) || !isCsrfToken(field(call, 'csrf'), visit.browser, visit.flow.id)) {
      return errorPage(call, 'forged');
    }
    const action = this.actions.find(field(call, 'action'));
    if (!action) return errorPage(call, 'bad_request');
    // A repeated or belated step changes nothing; the person is shown where the flow stands.
    if (!isOffered(action, visit)) return redirect(visit);
    return this.#tell(visit, action.view, await action.run(visit, formInput(call)));
  }

  #tell(visit: Visit, view: FlowView | undefined, outcome: FlowOutcome): HttpReply | Promise<HttpReply> {
    switch (outcome.kind) {
      case 'moved':
        return redirect(visit, outcome);
      case 'problem': {
        const { problem, entered = {} } = outcome;
        return this.pages.current(visit, { view, problem, entered });
      }
      case 'refused':
        return errorPage(visit.call, outcome.because);
    }
  }

  /** AZ-15. Our pages send no referrer, so a browser says `null` for itself; the CSRF token covers that case. */
  #isForeign({ origin, fetchSite }: HttpCall): boolean {
    return fetchSite === 'cross-site' || (origin !== undefined && origin !== 'null' && origin !== this.publicUrl);
  }
}

function redirect({ environment, flow }: Visit, moved: Partial<FlowOutcome & { kind: 'moved' }> = {}): HttpReply {
  const finished = moved.to === 'COMPLETED' || moved.to === 'FAILED';
  return {
    kind: 'redirect',
    location: (finished ? resumeLocation : signOnLocation)(environment.id, flow.id),
    ...(moved.cookies && { cookies: moved.cookies }),
  };
}
