import { issuerOf, ServiceTokenClaims, ServiceTokens, serviceAccountId } from '@grantway/domain';
import { TokenVerifier } from '@grantway/token-signing';
import { Injectable } from '@nestjs/common';
import { TokenConfig } from '../token.config.js';

/** Service tokens that this installation signed. */
@Injectable()
export class OurServiceTokens extends ServiceTokens {
  constructor(
    private readonly config: TokenConfig,
    private readonly verifier: TokenVerifier,
  ) {
    super();
  }

  async read(environmentId: string, token: string): Promise<ServiceTokenClaims | undefined> {
    const issuer = issuerOf(this.config.publicUrl, environmentId);
    const claims = await this.verifier.verify(token, { environmentId, issuer, purpose: 'service_token' });
    const accountId = serviceAccountId(claims?.sub ?? '');
    return claims?.jti !== undefined && accountId !== undefined ? { accountId, jti: claims.jti } : undefined;
  }
}
