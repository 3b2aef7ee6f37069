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
  /** What a request gets when it names no scope (C3). */
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
  /** Where an end-session request may lead; exact strings (LO-01). */
  readonly postLogoutRedirectUris: readonly string[];
  /** Public keys its assertions and request objects are verified with. */
  readonly keys?: ClientKeys;
  /**
   * The secret itself, sealed by {@link SecretBox} with the owner `environment/client`, for a client whose JWTs are keyed by it
   * (client_secret_jwt, HS256 request objects and login hints). Every other client's secret is kept as a hash alone.
   */
  readonly sealedSecret?: string;
  readonly par: ParPolicy;
  /** `required` refuses authorization requests without a signed request object (RFC 9101 §10.5). */
  readonly requestObjects: 'optional' | 'required';
  readonly device: DevicePolicy;
  readonly backchannel: BackchannelPolicy;
  readonly exchange: ExchangePolicy;
}

/** RFC 7591 §2: one of the two. */
export type ClientKeys =
  | { readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] } }
  | { readonly jwksUri: string };

/** RFC 9126. */
export interface ParPolicy {
  readonly required: boolean;
  /** Seconds, 1–600; undefined takes the environment's. */
  readonly lifetime?: number;
}

/** RFC 8628. Seconds; undefined takes the environment's. */
export interface DevicePolicy {
  /** Last segment of its own device page's address. */
  readonly pathId?: string;
  /** A page of the client's own that people are sent to instead. */
  readonly verificationUri?: string;
  /** 1–3600. */
  readonly lifetime?: number;
  /** 1–60. */
  readonly interval?: number;
  /** Refresh tokens for devices, once `offline_access` was allowed too (design section 7). */
  readonly refresh: boolean;
}

/** CIBA Core §4. */
export interface BackchannelPolicy {
  readonly delivery: BackchannelDelivery;
  /** Where ping and push go. */
  readonly notificationEndpoint?: string;
  /** The person must give the code they set for such requests. */
  readonly userCode: boolean;
  /** Only signed requests are taken (CIBA Core §7.1.1). */
  readonly signedRequests: boolean;
}

export type BackchannelDelivery = 'poll' | 'ping' | 'push';

/** RFC 8693. */
export interface ExchangePolicy {
  /** May become the subject without being named as the actor; TX-06 wants this said. */
  readonly impersonation: boolean;
  /** Clients that may exchange tokens issued to this one; without it only the client itself may (T9). */
  readonly allowedDelegators?: readonly string[];
}

export const DEFAULT_CLIENT_POLICIES = {
  postLogoutRedirectUris: [],
  par: { required: false },
  requestObjects: 'optional',
  device: { refresh: false },
  backchannel: { delivery: 'poll', userCode: false, signedRequests: false },
  exchange: { impersonation: false },
} as const satisfies Partial<Client>;

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
  /** Client assertions may name the token endpoint, or the endpoint being called, as their audience (X5). */
  readonly assertionAudience: boolean;
}

export const NO_LEGACY: LegacyFlags = {
  plainPkce: false,
  redirectWildcard: false,
  redirectExtraQuery: false,
  assertionAudience: false,
};

export function isPublic(client: Client): boolean {
  return client.authMethod === ClientAuthMethod.None;
}

/** Cached reads, like {@link Environments}. Disabled clients are returned: the caller says `invalid_client` (X14). */
export abstract class Clients {
  abstract find(environmentId: string, id: string): Promise<Client | undefined>;
  /** The client whose device page has this path id (D10). */
  abstract findByDevicePath(environmentId: string, pathId: string): Promise<Client | undefined>;
  /** Whether some enabled client of the environment lists this origin; answers CORS preflights. */
  abstract someAllowsOrigin(environmentId: string, origin: string): Promise<boolean>;
}
