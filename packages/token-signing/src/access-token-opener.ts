import { OpaqueAccessTokens } from '@grantway/domain';
import { ActClaim } from '@grantway/protocol';
import { TokenVerifier } from './token-verifier.js';

/** What an access token of ours says of itself; a JWT carries it, an opaque one stands for it. */
export interface AccessTokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | readonly string[];
  readonly client_id: string;
  readonly scope: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  /** Absent where nothing was allowed by anybody: a client's own token, a service account's. */
  readonly authorization_id?: string;
  readonly service_account_version?: number;
  readonly act?: ActClaim;
  readonly [name: string]: unknown;
}

/** A token we issued; whether it is still good is another question ({@link AccessTokenReader}). */
export interface AccessToken {
  readonly format: 'jwt' | 'opaque';
  /** Never true of an opaque one: it is gone by then. */
  readonly expired: boolean;
  readonly claims: AccessTokenClaims;
}

/** From the text a client presented to what it says. */
export class AccessTokenOpener {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly opaque: OpaqueAccessTokens,
  ) {}

  /** @returns undefined for anything but an access token of this environment */
  async open(token: string, expected: { environmentId: string; issuer: string }): Promise<AccessToken | undefined> {
    const found = await this.opaque.find(expected.environmentId, token);
    if (found) {
      const claims = found.claims as AccessTokenClaims;
      return claims.iss === expected.issuer ? { format: 'opaque', expired: false, claims } : undefined;
    }
    const verified = await this.verifier.examine(token, { ...expected, purpose: 'access_token' });
    // What we signed has the shape we gave it; the verifier saw that nothing is missing.
    return verified && { format: 'jwt', ...(verified as unknown as { claims: AccessTokenClaims; expired: boolean }) };
  }
}
