import { HttpCall, HttpReply } from '@grantway/contracts';
import { Client, Clients, Environment, Flow, Flows } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { errorPage } from '../error-page.js';
import { isBoundTo } from './browser-binding.js';

/** One request of a person to a flow of theirs. */
export interface Visit {
  readonly call: HttpCall;
  readonly environment: Environment;
  readonly flow: Flow;
  readonly client: Client;
  /** The browser's binding cookie, proven to be the flow's. */
  readonly browser: string;
}

const FLOW_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Finds the flow a request names and makes sure that this browser began it. */
@Injectable()
export class Visits {
  constructor(
    private readonly flows: Flows,
    private readonly clients: Clients,
  ) {}

  /** The visit, or the page that says why there is none (A16). */
  async open(call: HttpCall, environment: Environment, flowId: string | undefined): Promise<Visit | HttpReply> {
    if (flowId === undefined || !FLOW_ID.test(flowId)) return errorPage(call, 'flow_expired');
    const flow = await this.flows.find(environment.id, flowId);
    if (!flow || flow.resumed) return errorPage(call, 'flow_expired');
    const { browser } = call.cookies;
    if (!isBoundTo(flow.browserHash, browser)) return errorPage(call, 'other_browser');
    const client = await this.clients.find(environment.id, flow.request.clientId);
    if (!client?.enabled) return errorPage(call, 'flow_expired');
    return { call, environment, flow, client, browser };
  }
}

export function isReply(visit: Visit | HttpReply): visit is HttpReply {
  return 'kind' in visit;
}

/** The only value of a form field; undefined when it is absent, empty or repeated. */
export function field(call: HttpCall, name: string): string | undefined {
  const [value, second] = call.form[name] ?? [];
  return second === undefined && value ? value : undefined;
}
