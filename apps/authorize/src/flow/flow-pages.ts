import { FlowForm, FlowProblem, HttpReply, PageModel } from '@grantway/contracts';
import { csrfToken, isOidcScope, Resources, Standings, UserDirectory } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { endPage } from './end-page.js';
import { FlowView } from './flow-action.js';
import { resumeLocation, signOnLocation } from './locations.js';
import { purposeOf, shownPerson, Visit } from './visit.js';

/** What is shown beside where the flow stands. */
export interface Showing {
  readonly view?: FlowView | undefined;
  readonly problem?: FlowProblem;
  /** What the person typed and need not type again. */
  readonly entered?: Readonly<Record<string, string>>;
}

/** What a person sees at each station of a flow. */
@Injectable()
export class FlowPages {
  constructor(
    private readonly resources: Resources,
    private readonly users: UserDirectory,
    private readonly standings: Standings,
  ) {}

  async current(visit: Visit, showing: Showing = {}): Promise<HttpReply> {
    const { environment, flow, matter } = visit;
    const station = {
      environmentName: environment.name,
      form: formOf(visit),
      ...(showing.problem && { problem: showing.problem }),
    };
    const named = async () => ({ ...station, username: await this.#username(visit) });
    switch (flow.status) {
      case 'USERNAME_PASSWORD_REQUIRED':
      case 'PASSWORD_REQUIRED':
        return reply({ ...station, ...beforeSignOn(visit, showing) }, showing);
      case 'RECOVERY_CODE_REQUIRED':
        return reply({ ...(await named()), page: 'recover-password' }, showing);
      case 'MUST_CHANGE_PASSWORD':
        return reply({ ...(await named()), page: 'change-password' }, showing);
      case 'VERIFICATION_CODE_REQUIRED':
        return reply({ ...(await named()), page: 'verification' }, showing);
      case 'AGREEMENT_CONSENT_REQUIRED': {
        const consent = { page: 'consent', clientName: matter.client?.name ?? '', ...destinationOf(visit) } as const;
        return reply({ ...(await named()), ...consent, scopes: await this.#scopes(visit) }, showing);
      }
      case 'DAG_USER_CODE_REQUIRED': {
        const userCode = showing.entered?.['userCode'] ?? purposeOf(flow, 'device').userCode;
        return reply({ ...(await named()), page: 'device-code', ...(userCode !== undefined && { userCode }) }, showing);
      }
      case 'DAG_CONSENT_REQUIRED': {
        if (!matter.device || showing.problem?.kind === 'gone') return endPage(visit, 'device_gone');
        const { userCode = '' } = purposeOf(flow, 'device');
        const consent = { page: 'device-consent', clientName: matter.client?.name ?? '', userCode } as const;
        return reply({ ...(await named()), ...consent, scopes: await this.#scopes(visit) }, showing);
      }
      case 'COMPLETED':
      case 'FAILED':
        return { kind: 'redirect', location: resumeLocation(environment.id, flow.id) };
    }
  }

  /** As the person gave it, until they proved that it is theirs. */
  async #username(visit: Visit): Promise<string> {
    const { flow } = visit;
    if (flow.status === 'RECOVERY_CODE_REQUIRED') return flow.purpose.claimedName ?? '';
    return (await shownPerson(visit, this.standings, this.users))?.username ?? '';
  }

  async #scopes({ environment, matter }: Visit) {
    const catalog = await this.resources.catalog(environment.id);
    return matter.scope.map((name) => ({
      name,
      description: isOidcScope(name) ? '' : (catalog.describe(name) ?? ''),
    }));
  }
}

/** Nobody has proven anything yet: sign-on, and its neighbours where the environment has them. */
function beforeSignOn({ environment, flow, matter }: Visit, { view, entered = {} }: Showing) {
  const { recovery, registration } = environment.accounts;
  const here = signOnLocation(environment.id, flow.id);
  const username = entered['username'] ?? flow.purpose.claimedName ?? matter.loginHint;
  const known = username !== undefined && { username };
  // Seeds 1.4: a flow that is about one name takes no other, and makes none.
  const isBound = flow.status === 'PASSWORD_REQUIRED';
  if (view === 'recovery' && recovery) return { page: 'forgot-password', back: here, ...known } as const;
  if (view === 'registration' && registration && !isBound) {
    const { username: chosen = '', email = '' } = entered;
    return { page: 'registration', back: here, username: chosen, email } as const;
  }
  return {
    page: 'sign-on',
    ...(matter.client && { clientName: matter.client.name }),
    ...known,
    ...(isBound && { startOver: true as const }),
    ...(flow.purpose.passwordChanged && { passwordChanged: true as const }),
    ...(recovery && { recovery: `${here}&view=recovery` }),
    ...(registration && !isBound && { registration: `${here}&view=registration` }),
  } as const;
}

function reply(page: PageModel, { problem }: Showing): HttpReply {
  const waits = problem?.kind === 'wait' ? { 'retry-after': String(problem.seconds) } : undefined;
  return {
    kind: 'page',
    status: problem === undefined ? 200 : waits ? 429 : 400,
    headers: { 'cache-control': 'no-store', ...waits },
    page,
  };
}

function formOf({ environment, flow, browser, matter }: Visit): FlowForm {
  return {
    action: `/${environment.id}/signon`,
    flowId: flow.id,
    csrf: csrfToken(browser, flow.id),
    // The scheme alone: a client's callback may send the browser on to other addresses of its own, which only it knows.
    formTargets: matter.redirectUri === undefined ? [] : [new URL(matter.redirectUri).protocol],
  };
}

function destinationOf({ matter: { redirectUri } }: Visit): { destination?: string } {
  if (redirectUri === undefined) return {};
  const url = new URL(redirectUri);
  return { destination: url.host || url.protocol.replace(/:$/, '') };
}
