/** An issuer of its own: keys, users, clients and limits that no other environment sees. */
export interface Environment {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  /** Grant types switched on here; a client's own list can only be narrower. */
  readonly grantTypes: readonly string[];
  /** `required` makes PKCE compulsory for confidential clients too; public clients always need it. */
  readonly pkce: 'public' | 'required';
  readonly signing: SigningPolicy;
  readonly lifetimes: Lifetimes;
  /** House option: changing a password ends refresh tokens issued before (R9). */
  readonly passwordChangeEndsRefresh: boolean;
}

export type SigningAlgorithm = 'ES256' | 'RS256';

export interface SigningPolicy {
  /** OIDC Core §2 wants RS256 by default. */
  readonly idToken: SigningAlgorithm;
  readonly accessToken: SigningAlgorithm;
}

/** All in seconds. */
export interface Lifetimes {
  readonly code: number;
  readonly accessToken: number;
  readonly idToken: number;
  /** Unused this long, a refresh token dies. */
  readonly refreshIdle: number;
  /** However busy, a token family dies at this age. */
  readonly refreshAbsolute: number;
  /** A rotated refresh token is answered this long with the same successor (0–86400). */
  readonly refreshGrace: number;
  /** A flow dies this long after its last step. */
  readonly flow: number;
  readonly sessionIdle: number;
  readonly sessionAbsolute: number;
}

export const DEFAULT_LIFETIMES: Lifetimes = {
  code: 60,
  accessToken: 3600,
  idToken: 3600,
  refreshIdle: 2_592_000,
  refreshAbsolute: 15_552_000,
  refreshGrace: 10,
  flow: 900,
  sessionIdle: 28_800,
  sessionAbsolute: 86_400,
};

/** An environment id is one path segment of its issuer. */
export const ENVIRONMENT_ID = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

/** The issuer of an environment, from configuration alone and never from a request (MT-02). */
export function issuerOf(publicUrl: string, environmentId: string): string {
  return `${publicUrl}/${environmentId}/as`;
}

/** Cached reads, at most 30 s old and dropped at once when the configuration changes (design section 4.6). */
export abstract class Environments {
  abstract find(id: string): Promise<Environment | undefined>;
}
