import { ClientAuthMethod } from '@grantway/protocol';

/** Who asks for tokens. */
export interface Client {
  readonly environmentId: string;
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  /** The one method this client may use (X3). */
  readonly authMethod: ClientAuthMethod;
  /** Keyed hashes; more than one while a secret is being replaced. */
  readonly secretHashes: readonly string[];
  readonly grantTypes: readonly string[];
  readonly responseTypes: readonly string[];
  readonly redirectUris: readonly string[];
  /** Origins whose scripts may read token-bearing answers (HT-04). */
  readonly allowedOrigins: readonly string[];
  /** The registered scope: the most this client can ever be granted. */
  readonly scopes: readonly string[];
  /** What a client credentials request gets when it names no scope (C3). */
  readonly defaultScopes: readonly string[];
  /** First-party: its users are not asked for consent, except where AZ-14 forbids. */
  readonly trusted: boolean;
  readonly pkceRequired: boolean;
  readonly refresh: RefreshPolicy;
  /** Seconds; undefined leaves it to the resource and the environment. */
  readonly accessTokenLifetime?: number;
  /** One request may span several custom resources (X9). */
  readonly multipleResources: boolean;
  readonly legacy: LegacyFlags;
}

/** Seconds; undefined takes the environment's. */
export interface RefreshPolicy {
  readonly idle?: number;
  readonly absolute?: number;
  readonly grace?: number;
  /** `refuse` limits R5 to refusing the reused token; the family lives on. */
  readonly onReuse: 'revoke_family' | 'refuse';
  /** PingOne's preset: refresh tokens are issued though `offline_access` was not asked for (R7). */
  readonly withoutOfflineAccess: boolean;
}

/** The seeds' looser rules. All off unless a client needs one. */
export interface LegacyFlags {
  readonly plainPkce: boolean;
  /** A registered redirect URI may hold one `*` for one path segment. */
  readonly redirectWildcard: boolean;
  /** Query parameters beyond the registered ones are tolerated. */
  readonly redirectExtraQuery: boolean;
}

export const NO_LEGACY: LegacyFlags = { plainPkce: false, redirectWildcard: false, redirectExtraQuery: false };

export function isPublic(client: Client): boolean {
  return client.authMethod === ClientAuthMethod.None;
}

/** Cached reads, like {@link Environments}. Disabled clients are returned: the caller says `invalid_client` (X14). */
export abstract class Clients {
  abstract find(environmentId: string, id: string): Promise<Client | undefined>;
  /** Whether some enabled client of the environment lists this origin; answers CORS preflights. */
  abstract someAllowsOrigin(environmentId: string, origin: string): Promise<boolean>;
}
