import { Authorization, OnceArtifact, Spend as SpentArtifact } from '@grantway/domain';
import { ActClaim, TokenType } from '@grantway/protocol';

/**
 * The artifact to spend, by its kind. `once` is a grant's own, of which Grantway knows nothing: whoever presents it a second time is
 * refused with `invalid_grant`, and if that was no race, what the first got ends (design section 4.2).
 */
export type Spend = Exclude<SpentArtifact, { once: OnceArtifact }> | { readonly once: Once };

/** See `OnceArtifact` of the domain: its grant type is the pipeline's to say. */
export type Once = Omit<OnceArtifact, 'grantType'>;

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
  /** RFC 8693 §4.1: who acts for the subject. */
  readonly actor?: ActClaim;
  /** Further members of `aud`: ids of clients of this environment. */
  readonly audiences?: readonly string[];
  /** The authorization whose token was exchanged: what comes of this ends with it. */
  readonly derivedFrom?: string;
  /** No token of this issuance outlives this moment. */
  readonly notAfter?: Date;
  /** RFC 8693 §2.2.1; a grant that says it is answered with it. */
  readonly issuedTokenType?: TokenType;
  /** The version of the service account the token stands and falls with (S7). */
  readonly serviceAccountVersion?: number;
}
