import { FlowForm, HttpReply, SignOnProblem } from '@grantway/contracts';
import { isOidcScope, Resources, UserDirectory } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { csrfToken } from './browser-binding.js';
import { resumeLocation } from './locations.js';
import { Visit } from './visit.js';

const NO_STORE = { 'cache-control': 'no-store' } as const;

/** What a person sees at each station of a flow. */
@Injectable()
export class FlowPages {
  constructor(
    private readonly resources: Resources,
    private readonly users: UserDirectory,
  ) {}

  current(visit: Visit): Promise<HttpReply> {
    switch (visit.flow.status) {
      case 'USERNAME_PASSWORD_REQUIRED':
        return Promise.resolve(this.signOn(visit));
      case 'AGREEMENT_CONSENT_REQUIRED':
        return this.#consent(visit);
      case 'COMPLETED':
      case 'FAILED':
        return Promise.resolve({ kind: 'redirect', location: resumeLocation(visit.environment.id, visit.flow.id) });
    }
  }

  signOn(visit: Visit, problem?: SignOnProblem, username = visit.flow.request.loginHint): HttpReply {
    return {
      kind: 'page',
      status: problem === undefined ? 200 : problem.kind === 'wait' ? 429 : 400,
      headers: { ...NO_STORE, ...(problem?.kind === 'wait' && { 'retry-after': String(problem.seconds) }) },
      page: {
        page: 'sign-on',
        environmentName: visit.environment.name,
        clientName: visit.client.name,
        form: formOf(visit),
        ...(username !== undefined && { username }),
        ...(problem && { problem }),
      },
    };
  }

  async #consent(visit: Visit): Promise<HttpReply> {
    const { environment, flow, client } = visit;
    const catalog = await this.resources.catalog(environment.id);
    const user = await this.users.find(environment.id, flow.userId ?? '');
    return {
      kind: 'page',
      status: 200,
      headers: NO_STORE,
      page: {
        page: 'consent',
        environmentName: environment.name,
        clientName: client.name,
        destination: destinationOf(flow.request.redirectUri),
        username: user?.username ?? '',
        scopes: flow.request.scope.map((name) => ({
          name,
          description: isOidcScope(name) ? '' : (catalog.describe(name) ?? ''),
        })),
        form: formOf(visit),
      },
    };
  }
}

function formOf({ environment, flow, browser }: Visit): FlowForm {
  return {
    action: `/${environment.id}/signon`,
    flowId: flow.id,
    csrf: csrfToken(browser, flow.id),
    formTargets: formTargets(flow.request.redirectUri),
  };
}

/** The scheme alone: a client's callback may send the browser on to other addresses of its own, which only it knows. */
function formTargets(redirectUri: string): string[] {
  return [new URL(redirectUri).protocol];
}

function destinationOf(redirectUri: string): string {
  const url = new URL(redirectUri);
  return url.host || url.protocol.replace(/:$/, '');
}
