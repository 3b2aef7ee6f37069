import { Authorization, Spend } from '@grantway/domain';

/** What a grant decided. The pipeline checks every part of it again before anything is minted. */
export interface Issuance {
  readonly authorization: Authorization;
  /** The artifact to spend; only the pipeline spends it, and only after every limit has passed. */
  readonly spend?: Spend;
  /** Whether this grant may be followed by a refresh token; client and scope decide the rest (R7). */
  readonly refreshToken?: boolean;
  /** OIDC Core §3.1.3.7: echoed in the ID token. */
  readonly nonce?: string;
  /** Access-token claims of the grant's own; a reserved name fails closed. */
  readonly claims?: Readonly<Record<string, unknown>>;
}
