import { isOidcScope, Resources, Standings, User, UserDirectory } from '@grantway/domain';
import { FlowActions } from './flow-action.js';
import { resumeLocation, signOnLocation } from './locations.js';
import { PASSWORD_POLICY } from './password-policy.js';
import { Came, purposeOf, shownPerson, Visit } from './visit.js';

/** What of a visit its document shows. */
type Documented = Came & Pick<Visit, 'flow' | 'matter'>;

const NOBODY_YET: ReadonlySet<string> = new Set([
  ...['USERNAME_PASSWORD_REQUIRED', 'PASSWORD_REQUIRED', 'RECOVERY_CODE_REQUIRED'],
]);
const ASKS_CONSENT: ReadonlySet<string> = new Set(['AGREEMENT_CONSENT_REQUIRED', 'DAG_CONSENT_REQUIRED']);
const SETS_PASSWORD: ReadonlySet<string> = new Set(['MUST_CHANGE_PASSWORD', 'RECOVERY_CODE_REQUIRED']);

/** A flow as JSON, in PingOne's shape (seeds 1.4). */
export class FlowDocuments {
  constructor(
    private readonly publicUrl: string,
    private readonly resources: Resources,
    private readonly users: UserDirectory,
    private readonly actions: FlowActions,
    private readonly standings: Standings,
  ) {}

  async of(visit: Documented): Promise<Record<string, unknown>> {
    const { environment, flow } = visit;
    const person = NOBODY_YET.has(flow.status) ? undefined : await shownPerson(visit, this.standings, this.users);
    return {
      id: flow.id,
      status: flow.status,
      resumeUrl: this.publicUrl + resumeLocation(environment.id, flow.id),
      createdAt: flow.createdAt.toISOString(),
      expiresAt: flow.expiresAt.toISOString(),
      environment: { id: environment.id },
      ...(person && flow.sessionId !== undefined && { session: { id: flow.sessionId } }),
      _links: this.#links(visit),
      _embedded: await this.#embedded(visit, person),
    };
  }

  /** One link per action that may be done now; an action is a POST to the flow itself. */
  #links(visit: Documented): Record<string, { href: string }> {
    const { environment, flow } = visit;
    const self = { href: `${this.publicUrl}/${environment.id}/flows/${flow.id}` };
    const actions = this.actions.offered(visit).map(({ name }) => [name, self] as const);
    const signOnPage = { href: this.publicUrl + signOnLocation(environment.id, flow.id) };
    return { self, signOnPage, ...Object.fromEntries(actions) };
  }

  async #embedded(
    { environment, flow, matter }: Documented,
    person: User | undefined,
  ): Promise<Record<string, unknown>> {
    const { client } = matter;
    const registers = flow.status === 'USERNAME_PASSWORD_REQUIRED' && environment.accounts.registration;
    return {
      ...(person && { user: { id: person.id, username: person.username } }),
      ...(client && { application: { id: client.id, name: client.name } }),
      // DV-05: the person compares it with what the device shows.
      ...(person &&
        flow.status === 'DAG_CONSENT_REQUIRED' && { device: { userCode: purposeOf(flow, 'device').userCode } }),
      ...(ASKS_CONSENT.has(flow.status) && { scopes: await this.#scopes(environment.id, matter.scope) }),
      ...((registers || SETS_PASSWORD.has(flow.status)) && { passwordPolicy: PASSWORD_POLICY }),
    };
  }

  async #scopes(environmentId: string, scope: readonly string[]) {
    const catalog = await this.resources.catalog(environmentId);
    return scope.map((name) => {
      const description = isOidcScope(name) ? undefined : catalog.describe(name);
      return { name, ...(description && { description }) };
    });
  }
}
