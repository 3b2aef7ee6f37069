import { HttpCall } from '@grantway/contracts';
import { Environment, Flow, Flows, isBoundTo } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { FlowKind, Visit } from './visit.js';

/** Every kind of flow, by its name. */
export class FlowKinds {
  readonly #byName: ReadonlyMap<string, FlowKind>;

  constructor(kinds: readonly FlowKind[]) {
    this.#byName = new Map(kinds.map((each) => [each.kind, each]));
  }

  of({ purpose }: Pick<Flow, 'purpose'>): FlowKind {
    const found = this.#byName.get(purpose.kind);
    if (!found) throw new Error(`no flow of kind ${purpose.kind} is known here`);
    return found;
  }
}

/** Why there is no visit (A16). */
export type NoVisit = 'flow_expired' | 'other_browser';

const FLOW_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Finds the flow a request names and makes sure that this browser began it. */
@Injectable()
export class Visits {
  constructor(
    private readonly flows: Flows,
    private readonly kinds: FlowKinds,
  ) {}

  async open(call: HttpCall, environment: Environment, flowId: string | undefined): Promise<Visit | NoVisit> {
    if (flowId === undefined || !FLOW_ID.test(flowId)) return 'flow_expired';
    const { browser, session: sessionCookie } = call.cookies;
    const { sessionIdle } = environment.lifetimes;
    const found = await this.flows.findWithSession(environment.id, flowId, sessionCookie, sessionIdle);
    if (!found || found.flow.resumed) return 'flow_expired';
    const { flow, session } = found;
    if (!isBoundTo(flow.browserHash, browser)) return 'other_browser';
    const kind = this.kinds.of(flow);
    const matter = await kind.matter(flow);
    return matter
      ? { call, environment, flow, kind, matter, browser, arrived: { sessionCookie, session } }
      : 'flow_expired';
  }
}
