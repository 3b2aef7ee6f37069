import type { Client, Environment, Resource, User } from '@grantway/domain';
import { isServable } from '../remote/manifest.js';
import { construct, type GrantClass, type Provided } from './construct.js';
import { type Answered, declaredBy, type Form, MemoryEndpoint } from './memory-endpoint.js';
import { aClient, anEnvironment, aResource, aUser } from './mothers.js';
import { SingleUses, type Spender } from './single-uses.js';
import { type KnownUsers, TestUsers } from './test-users.js';

/** One request to a grant; what it leaves out is the harness's own. */
export interface Asked {
  readonly client?: Client;
  readonly environment?: Environment;
  /** Milliseconds since the request reached the door. */
  readonly inFlightFor?: number;
  readonly ip?: string;
}

export interface HarnessOptions {
  /** What the constructor needs, by class. */
  readonly provide?: Provided;
  readonly client?: Client;
  readonly environment?: Environment;
  readonly resources?: readonly Resource[];
  /** Who may be the subject of a token. */
  readonly users?: Iterable<User> | KnownUsers;
  /**
   * Question and answer cross as between two processes, so whatever the contract cannot carry fails here. Unless said otherwise
   * they do for a grant that may be served elsewhere.
   */
  readonly overTheWire?: boolean;
  /** Spends artifacts of Grantway's own kinds; a team's own (`once`) are spent in memory. */
  readonly spend?: Spender;
}

export interface GrantHarness {
  readonly client: Client;
  readonly environment: Environment;
  /**
   * Posts a form, with `scope` and `resource` in it as a client would send them. Does what the token endpoint does around a grant,
   * but authenticates nobody and signs nothing.
   *
   * @throws OAuthError what the client would be told
   * @throws Malformed, BrokenIssuance for a decision the token service would not take
   * @throws whatever else the grant throws: 503 to the client, an error in the log
   */
  token(form?: Form, asked?: Asked): Promise<Answered>;
  /** Lets time go by between two uses of what a grant spends `once`; the grant's own clock is not moved. */
  elapse(seconds: number): void;
  /** Whether what was recorded still stands; the replay of an artifact ends it. */
  isLive(authorizationId: string | undefined): boolean;
}

/**
 * A grant with a token endpoint around it, in memory.
 * @throws Error when the class is no grant, or its constructor needs what is not provided
 */
export async function grantHarness(type: GrantClass, options: HarnessOptions = {}): Promise<GrantHarness> {
  const { client = aClient(), environment = anEnvironment(), resources = [aResource()] } = options;
  const { users = [aUser()], overTheWire = isServable(declaredBy(type)) } = options;
  const uses = new SingleUses();
  const endpoint = new MemoryEndpoint(type, construct(type, options.provide ?? []), {
    ...{ overTheWire, resources, spend: options.spend ?? uses.spend },
    users: Symbol.iterator in users ? new TestUsers(users) : users,
  });
  return {
    client,
    environment,
    token: async (form = {}, { inFlightFor = 0, ...asked } = {}) => {
      const call = { client, environment, ip: '192.0.2.1', ...asked, arrivedAt: uses.now - inFlightFor };
      return endpoint.issue(await endpoint.decide({ ...call, form }));
    },
    elapse: (seconds) => uses.elapse(seconds),
    isLive: (id) => id !== undefined && uses.isLive(id),
  };
}
