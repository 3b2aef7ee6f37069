import { randomBytes } from 'node:crypto';
import { hashSecret, serviceAccountSubject } from '@grantway/domain';
import { TokenSigner } from './token-signer.js';

/** What a service token is signed with, whatever the environment's own tokens are. */
export const SERVICE_TOKEN_ALGORITHM = 'ES256';

export interface ServiceTokenGrounds {
  readonly environmentId: string;
  readonly issuer: string;
  readonly accountId: string;
  /** Seconds. */
  readonly lifetime: number;
}

/** The JWT an operator gives to a service account: shown once, and kept by nobody but its holder (S8). */
export class ServiceTokenMinter {
  constructor(private readonly signer: TokenSigner) {}

  /** @returns the token, and the hash of its `jti` that makes it the account's */
  async mint({ environmentId, issuer, accountId, lifetime }: ServiceTokenGrounds): Promise<{
    readonly token: string;
    readonly jtiHash: Uint8Array;
    readonly expiresAt: Date;
  }> {
    const iat = Math.floor(Date.now() / 1000);
    // Whoever reads the database must not learn it, so it has as much in it as any secret of ours.
    const jti = randomBytes(32).toString('base64url');
    const token = await this.signer.sign({
      environmentId,
      algorithm: SERVICE_TOKEN_ALGORITHM,
      type: 'service-account+jwt',
      claims: { iss: issuer, sub: serviceAccountSubject(accountId), aud: issuer, jti, iat, exp: iat + lifetime },
    });
    return { token, jtiHash: hashSecret(jti), expiresAt: new Date((iat + lifetime) * 1000) };
  }
}
