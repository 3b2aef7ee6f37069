import { HttpCall, HttpReply } from '@grantway/contracts';
import { Environment } from '@grantway/domain';
import { FlowActions, FlowOutcome, isOffered } from './flow-action.js';
import { FlowDocuments } from './flow-documents.js';
import { FlowRefusal, problemReply, refuse } from './flow-errors.js';
import { jsonInput } from './flow-input.js';
import { isForeignScript, Visit } from './visit.js';
import { Visits } from './visits.js';

const REFUSALS: Readonly<Record<'flow_expired' | 'other_browser' | 'bad_request', FlowRefusal>> = {
  flow_expired: { status: 404, code: 'NOT_FOUND', message: 'There is no such flow, or it is over.' },
  other_browser: { status: 403, code: 'ACCESS_FAILED', message: 'Another browser or session began this flow.' },
  bad_request: {
    ...{ status: 400, code: 'INVALID_REQUEST', message: 'The request does not say what is to be done.' },
    details: [{ code: 'INVALID_VALUE', target: 'accept', message: 'accept must be true or false' }],
  },
};

/**
 * The flow as a JSON API, for a client that builds its own pages (seeds 1.4): the same actions, told otherwise. The body's media
 * type makes a browser ask before it sends one from anywhere else.
 */
export class FlowApi {
  constructor(
    private readonly visits: Visits,
    private readonly documents: FlowDocuments,
    private readonly publicUrl: string,
    private readonly actions: FlowActions,
  ) {}

  /** Also where there is no such environment. */
  notFound(call: HttpCall): HttpReply {
    return refuse(call, REFUSALS.flow_expired);
  }

  async read(call: HttpCall, environment: Environment): Promise<HttpReply> {
    const visit = await this.visits.open(call, environment, call.id);
    if (typeof visit === 'string') return refuse(call, REFUSALS[visit]);
    return isForeignScript(visit, this.publicUrl) ? refuse(call, FOREIGN) : this.#document(visit);
  }

  async act(call: HttpCall, environment: Environment): Promise<HttpReply> {
    const visit = await this.visits.open(call, environment, call.id);
    if (typeof visit === 'string') return refuse(call, REFUSALS[visit]);
    if (isForeignScript(visit, this.publicUrl)) return refuse(call, FOREIGN);
    const action = this.actions.find(call.action);
    // A repeated or belated step changes nothing.
    if (!action || !isOffered(action, visit)) return refuse(call, notNow(call, visit));
    return this.#tell(visit, await action.run(visit, jsonInput(call)));
  }

  async #tell(visit: Visit, outcome: FlowOutcome): Promise<HttpReply> {
    switch (outcome.kind) {
      case 'moved': {
        const { call, environment, flow } = visit;
        const moved = await this.visits.open(call, environment, flow.id);
        return typeof moved === 'string' ? refuse(call, REFUSALS[moved]) : this.#document(moved, outcome);
      }
      case 'problem':
        return problemReply(visit.call, outcome.problem);
      case 'refused':
        return refuse(visit.call, REFUSALS[outcome.because]);
    }
  }

  async #document(
    visit: Visit,
    { cookies }: Pick<FlowOutcome & { kind: 'moved' }, 'cookies'> = {},
  ): Promise<HttpReply> {
    // The browser learns of its new session with this very answer.
    const opened = cookies?.find(({ name, value }) => name === 'session' && value !== null)?.value ?? undefined;
    const { call } = visit;
    const after = opened === undefined ? call : { ...call, cookies: { ...call.cookies, session: opened } };
    const body = await this.documents.of({ ...visit, call: after });
    return { kind: 'json', status: 200, headers: { 'cache-control': 'no-store' }, body, ...(cookies && { cookies }) };
  }
}

export const FOREIGN: FlowRefusal = {
  ...{ status: 403, code: 'ACCESS_FAILED', message: 'This origin may not drive the flow.' },
};

function notNow({ action = '' }: HttpCall, { flow }: Visit): FlowRefusal {
  const message = `${action} is not possible while the flow is ${flow.status}`;
  return {
    ...{ status: 400, code: 'INVALID_REQUEST', message: 'The action is not possible now.' },
    details: [{ code: 'INVALID_VALUE', target: 'Content-Type', message }],
  };
}
