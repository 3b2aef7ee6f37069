import { createHash } from 'node:crypto';
import { TokenSigner } from '@grantway/token-signing';
import { Injectable } from '@nestjs/common';
import { TokenContext } from './token-context.js';

/** ID tokens (OIDC Core §2, §3.1.3.6, §12.2). Both signing algorithms hash with SHA-256. */
@Injectable()
export class IdTokens {
  constructor(private readonly signer: TokenSigner) {}

  /** Undefined unless a user is the subject and `openid` is granted. */
  async mint(context: TokenContext, accessToken: string): Promise<string | undefined> {
    const { environment, client, issuance, issuer, scope } = context;
    const { subject, authentication } = issuance.authorization;
    if (subject.kind !== 'user' || !scope.has('openid')) return undefined;
    const iat = Math.floor(Date.now() / 1000);
    return this.signer.sign({
      environmentId: environment.id,
      algorithm: environment.signing.idToken,
      type: 'JWT',
      claims: {
        iss: issuer,
        sub: subject.id,
        aud: client.id,
        iat,
        exp: iat + environment.lifetimes.idToken,
        at_hash: leftHalfHash(accessToken),
        ...(issuance.nonce !== undefined && { nonce: issuance.nonce }),
        ...(authentication && {
          auth_time: Math.floor(authentication.time.getTime() / 1000),
          acr: authentication.acr,
          amr: authentication.amr,
          sid: authentication.sessionId,
        }),
      },
    });
  }
}

/** OIDC Core §3.1.3.6. */
function leftHalfHash(text: string): string {
  return createHash('sha256').update(text, 'ascii').digest().subarray(0, 16).toString('base64url');
}
