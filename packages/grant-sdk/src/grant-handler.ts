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
  readonly requestedScope?: ScopeSet;
  /** Milliseconds since the request reached the door; tells a race from a replay. */
  readonly inFlightFor: number;
}

/** A grant decides and changes nothing that a later refusal would have to undo. */
export interface GrantHandler<Params> {
  /** @throws OAuthError with the code the client gets; any other error becomes `server_error` */
  handle(request: TokenRequest<Params>): Promise<Issuance>;
}
