import { issuerOf, ServiceTokenClaims, ServiceTokens, serviceAccountId } from '@grantway/domain';
import { TokenVerifier } from './token-verifier.js';

/** Service tokens that this installation signed. */
export class OurServiceTokens extends ServiceTokens {
  constructor(
    private readonly publicUrl: string,
    private readonly verifier: TokenVerifier,
  ) {
    super();
  }

  async read(environmentId: string, token: string): Promise<ServiceTokenClaims | undefined> {
    const issuer = issuerOf(this.publicUrl, environmentId);
    const claims = await this.verifier.verify(token, { environmentId, issuer, purpose: 'service_token' });
    const accountId = serviceAccountId(claims?.sub ?? '');
    return claims?.jti !== undefined && accountId !== undefined ? { accountId, jti: claims.jti } : undefined;
  }
}
