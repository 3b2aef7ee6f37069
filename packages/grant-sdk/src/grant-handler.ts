import { Client, Environment, ResourceCatalog } from '@grantway/domain';
import { ScopeSet } from '@grantway/protocol';
import { Issuance } from './issuance.js';

/** What a grant gets: everything common is checked already, and nothing secret is in it. */
export interface TokenRequest<Params> {
  readonly environment: Environment;
  /** Authenticated, enabled, and allowed this grant type. */
  readonly client: Client;
  readonly params: Params;
  /** The environment's resources and scopes. */
  readonly catalog: ResourceCatalog;
  /** The `scope` parameter, or undefined when there was none. */
  readonly requestedScope?: ScopeSet | undefined;
  /** Every `resource` and `audience`; the pipeline limits the token to them. */
  readonly requestedResources: readonly string[];
  /** When the request reached the door, in milliseconds since the epoch; tells a race from a replay (`isRace`). */
  readonly arrivedAt: number;
  /** Where it came from, for limits on guessing. */
  readonly ip: string;
}

/** A grant decides and changes nothing that a later refusal would have to undo. */
export interface GrantHandler<Params> {
  /**
   * @throws OAuthError with the code the client gets. Any other error is no verdict: 503 `temporarily_unavailable` where the grant
   * runs in a process of its own, in grant-host, or as a module in the token service; of a built-in grant it is a 500, a bug of ours
   */
  handle(request: TokenRequest<Params>): Promise<Issuance>;

  /**
   * Whom the request is for, said by the grant's own artifact; asked before anything else where {@link GrantOptions.clients} is
   * `named-by-grant`. The pipeline finds the client, and has a look at whatever credentials were sent with it.
   * @throws OAuthError when the artifact names nobody
   */
  clientOf?(request: Pick<TokenRequest<Params>, 'environment' | 'params'>): Promise<string>;
}
