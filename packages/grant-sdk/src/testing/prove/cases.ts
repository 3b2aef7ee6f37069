import type { Client, Environment, Resource, User } from '@grantway/domain';
import type { OAuthErrorCode } from '@grantway/protocol';
import type { Provided } from '../construct.js';
import type { Spender } from '../single-uses.js';
import type { TestUsers } from '../test-users.js';

/** What a row is played in; every row has a new one. */
export interface World {
  readonly environment: Environment;
  /** Where nothing of the first environment is worth anything; it has clients of the same ids, and nobody in it. */
  readonly foreign: Environment;
  /** Who asks. */
  readonly client: Client;
  /** Registered for all that `client` is, and still somebody else. */
  readonly other: Client;
  /** An active user of `environment`. */
  readonly user: User;
  /** The users of both environments as the token service knows them; for a grant that looks at them as well. */
  readonly users: TestUsers;
}

/** A request, and what stands behind the grant when it is made. */
export interface Prepared {
  /** The grant's own parameters. */
  readonly params: Readonly<Record<string, string>>;
  /** As a client sends it; without it, none is sent. */
  readonly scope?: string;
  readonly resources?: readonly string[];
  /** What the grant's constructor needs, by class. */
  readonly provide?: Provided;
  /** For artifacts of Grantway's own kinds. */
  readonly spend?: Spender;
}

/** Rows that say nothing about some grants, which must then say why. */
export const WAIVABLE = ['wrong-client', 'altered-params'] as const;
export type Waivable = (typeof WAIVABLE)[number];

/** What the kit must be told to prove a grant. */
export interface GrantCases {
  /** A request that must be granted, with artifacts and stores of its own. Called anew for every try. */
  good(world: World): Prepared | Promise<Prepared>;
  /** Whether what is presented is good for one token only. Without it, it is where the grant names something to spend. */
  readonly singleUse?: boolean;
  /** Requests with an outcome the author promises. */
  readonly others?: readonly OtherCase[];
  /** Changes to the client that asks, which the other client shares. */
  readonly client?: Partial<Client>;
  readonly resources?: readonly Resource[];
  /** Rows that do not hold for this grant by design, each with the reason. */
  readonly waive?: Readonly<Partial<Record<Waivable, string>>>;
  /**
   * What the constructor is given when everything behind the grant is away. Without it each thing provided is taken away in turn:
   * all its methods throw.
   */
  broken?(world: World): Provided;
  /** Whether it is asked as from another process; unless said otherwise it is, if it may be served there. */
  readonly overTheWire?: boolean;
  /** Most milliseconds for one answer; 3000, as the token service waits, unless said otherwise. */
  readonly timeoutMs?: number;
}

export interface OtherCase {
  readonly name: string;
  request(world: World): Prepared | Promise<Prepared>;
  /** What the client must be told; without it, it must be granted. */
  readonly error?: OAuthErrorCode;
}
