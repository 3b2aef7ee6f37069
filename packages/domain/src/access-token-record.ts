/** An opaque access token: its claims stay here (RFC 7662). */
export interface OpaqueAccessToken {
  readonly environmentId: string;
  readonly clientId: string;
  /** What a JWT of the same grant would say. */
  readonly claims: Readonly<Record<string, unknown>>;
}

export abstract class OpaqueAccessTokens {
  /** @param lifetime seconds. @returns the token as the client gets it */
  abstract issue(token: OpaqueAccessToken, lifetime: number): Promise<string>;

  /** Undefined when unknown, malformed, another environment's, expired or revoked. */
  abstract find(environmentId: string, token: string): Promise<OpaqueAccessToken | undefined>;

  /** Repeating it is no error. @param token as the client presented it */
  abstract revoke(environmentId: string, token: string): Promise<void>;
}

/** JWT access tokens that were revoked one by one, kept until they would have expired (design section 4.4). */
export abstract class RevokedTokens {
  /** @param expiresAt when nobody would take it any more anyhow */
  abstract add(environmentId: string, jti: string, expiresAt: Date): Promise<void>;

  abstract has(environmentId: string, jti: string, expiresAt: Date): Promise<boolean>;
}

/** JWTs of others that may be used once (CA-07): remembered by all replicas, and after a restart. */
export abstract class UsedJwts {
  /**
   * Remembers it, in one write.
   * @param owner whose it is: purpose and client, so that two clients may use the same `jti`
   * @returns false when it was used before
   */
  abstract use(environmentId: string, owner: string, jti: string, expiresAt: Date): Promise<boolean>;
}
