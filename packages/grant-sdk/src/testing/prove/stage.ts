import type { Resource } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import type { GrantOptions } from '../../grant.decorator.js';
import type { GrantHandler, TokenRequest } from '../../grant-handler.js';
import type { Issuance } from '../../issuance.js';
import { type ParamRule, paramRules } from '../../params.js';
import { isServable } from '../../remote/manifest.js';
import { construct, type GrantClass, type Provided } from '../construct.js';
import { type Call, declaredBy, type Form, MemoryEndpoint } from '../memory-endpoint.js';
import { aClient, anEnvironment, aResource, aUser } from '../mothers.js';
import { SingleUses } from '../single-uses.js';
import { TestUsers } from '../test-users.js';
import type { GrantCases, Prepared, World } from './cases.js';
import { type Decided, type Outcome, outcomeOf, type Redeemed } from './outcome.js';
import { NotApplicable } from './verdicts.js';

/** Milliseconds; `GRANT_TIMEOUT_MS` of the token service. */
const TIMEOUT = 3_000;

/** No client is registered for these. */
const VAULT: Partial<Resource> = {
  name: 'vault',
  audience: 'https://vault.example',
  scopes: [{ name: 'vault:open', description: 'Open the vault', userOnly: false }],
};
export const UNREGISTERED_SCOPE = 'vault:open';

/** What a row changes about the good request. */
export interface Change extends Partial<Omit<Call, 'form'>> {
  readonly form?: Form;
}

/** The good request in a new world, with a grant that is watched. */
export interface Scene {
  readonly world: World;
  readonly prepared: Prepared;
  readonly uses: SingleUses;
  readonly seen: Watched;
  /** The grant's answer; nothing is spent. */
  decide(change?: Change): Promise<Decided>;
  /** All the way to what the client gets. `between` happens after the decision and before the spending. */
  redeem(change?: Change, between?: (world: World) => void): Promise<Redeemed>;
}

/** What passed through a grant. */
export interface Watched {
  readonly asked: TokenRequest<object>[];
  readonly decided: Issuance[];
  /** What it told a client. */
  readonly refusals: { readonly error: OAuthError; readonly params: object }[];
}

/** The grant under proof, and a new scene whenever one is wanted. */
export class Stage {
  readonly declared: GrantOptions<object>;
  readonly rules: readonly ParamRule[];
  readonly timeout: number;
  readonly resources: readonly Resource[];
  #flaw: string | undefined;

  /** @throws Error when the class is no grant */
  constructor(
    private readonly type: GrantClass,
    readonly cases: GrantCases,
  ) {
    this.declared = declaredBy(type);
    this.rules = paramRules(this.declared.params);
    this.timeout = cases.timeoutMs ?? TIMEOUT;
    this.resources = [...(cases.resources ?? [aResource()]), aResource(VAULT)];
  }

  get overTheWire(): boolean {
    return this.cases.overTheWire ?? isServable(this.declared);
  }

  /** Parameters a request cannot be made without: there is something to present. */
  get required(): readonly ParamRule[] {
    return this.rules.filter(({ required }) => required);
  }

  /**
   * @param prepare the good request unless said otherwise
   * @param replace what the constructor gets instead of what was prepared
   */
  async open(
    prepare: (world: World) => Prepared | Promise<Prepared> = (world) => this.cases.good(world),
    replace: (provided: Provided, world: World) => Provided = (provided) => provided,
  ): Promise<Scene> {
    const world = this.#world();
    const prepared = await prepare(world);
    const uses = new SingleUses();
    const seen: Watched = { asked: [], decided: [], refusals: [] };
    const grant = watched(construct(this.type, replace(prepared.provide ?? [], world)), seen);
    const { overTheWire, resources, timeout } = this;
    const spend = prepared.spend ?? uses.spend;
    const endpoint = new MemoryEndpoint(this.type, grant, { overTheWire, resources, spend, users: world.users });
    const call = ({ form, ...rest }: Change = {}): Call => ({
      ...{ client: world.client, environment: world.environment, arrivedAt: uses.now, ip: '192.0.2.1' },
      ...rest,
      form: { ...formOf(prepared), ...form },
    });
    return {
      ...{ world, prepared, uses, seen },
      decide: async (change) => this.#told(await outcomeOf(timeout, () => endpoint.decide(call(change))), seen),
      redeem: async (change, between) => {
        const issued = await outcomeOf(timeout, async () => {
          const decision = await endpoint.decide(call(change));
          between?.(world);
          return endpoint.issue(decision);
        });
        return this.#told(issued, seen);
      },
    };
  }

  /** What is wrong with its every answer is told once, by the row that is about it. */
  async learnFlaw(): Promise<void> {
    const outcome = await (await this.open()).redeem();
    if (outcome.kind === 'broken') this.#flaw = outcome.error.message;
  }

  isKnown(error: Error): boolean {
    return error.message === this.#flaw;
  }

  #told<Got>(outcome: Outcome<Got>, { refusals }: Watched): Outcome<Got> {
    if (outcome.kind !== 'broken') return outcome;
    const [said] = refusals.slice(-1);
    // The wire knows only that it was none of a grant's errors; here it is known which.
    if (said && outcome.error.message === 'error.code is malformed') return { kind: 'refused', error: said.error };
    return { ...outcome, known: this.isKnown(outcome.error) };
  }

  /** What the grant decides on a good request. @throws NotApplicable when that is nothing to go on with */
  async decideGood() {
    const scene = await this.open();
    const outcome = await scene.decide();
    if (outcome.kind !== 'got') throw new NotApplicable('what it answers to the good request breaks a row above');
    return { ...scene, ...outcome.got };
  }

  /** What the client gets for a good request. @throws NotApplicable as {@link decideGood} */
  async redeemGood() {
    const scene = await this.open();
    const outcome = await scene.redeem();
    if (outcome.kind !== 'got') throw new NotApplicable('what it answers to the good request breaks a row above');
    return { ...scene, answered: outcome.got };
  }

  #world(): World {
    const environment = anEnvironment();
    const client = aClient({
      ...{ grantTypes: [this.declared.type], scopes: this.#scopes(), defaultScopes: [] },
      ...this.cases.client,
    });
    const user = aUser();
    return {
      ...{ environment, client, user, users: new TestUsers([user]) },
      foreign: anEnvironment({ id: 'globex', name: 'Globex' }),
      other: { ...client, id: 'stranger', name: 'Stranger', secretHashes: ['another-hash'] },
    };
  }

  /** All there is, but the vault. */
  #scopes(): string[] {
    const custom = this.resources.flatMap(({ scopes }) => scopes.map(({ name }) => name));
    return ['openid', 'profile', 'email', 'offline_access', ...custom].filter((scope) => scope !== UNREGISTERED_SCOPE);
  }
}

function formOf({ params, scope, resources }: Prepared): Form {
  return { ...params, scope, resource: resources };
}

function watched(grant: GrantHandler<object>, seen: Watched): GrantHandler<object> {
  return {
    handle: async (request) => {
      seen.asked.push(request);
      try {
        const issuance = await grant.handle(request);
        seen.decided.push(issuance);
        return issuance;
      } catch (error) {
        if (OAuthError.is(error)) seen.refusals.push({ error, params: request.params });
        throw error;
      }
    },
  };
}
