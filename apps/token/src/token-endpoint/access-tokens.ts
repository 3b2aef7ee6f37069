import { randomBytes } from 'node:crypto';
import { TokenSigner } from '@grantway/token-signing';
import { Injectable } from '@nestjs/common';
import { TokenContext } from './token-context.js';

/** JWT access tokens (RFC 9068 §2.2). They are not stored; `authorization_id` is what revocation goes by. */
@Injectable()
export class AccessTokens {
  constructor(private readonly signer: TokenSigner) {}

  async mint(context: TokenContext, authorizationId?: string): Promise<{ token: string; lifetime: number }> {
    const { environment, client, issuance, issuer } = context;
    const { subject, authentication } = issuance.authorization;
    const iat = Math.floor(Date.now() / 1000);
    const lifetime = accessTokenLifetime(context);
    const token = await this.signer.sign({
      environmentId: environment.id,
      algorithm: environment.signing.accessToken,
      type: 'at+jwt',
      claims: {
        ...issuance.claims,
        iss: issuer,
        sub: subject.id,
        aud: audienceOf(context),
        client_id: client.id,
        scope: context.scope.toString(),
        iat,
        exp: iat + lifetime,
        jti: randomBytes(16).toString('base64url'),
        ...(authorizationId && { authorization_id: authorizationId }),
        ...(authentication && {
          auth_time: Math.floor(authentication.time.getTime() / 1000),
          acr: authentication.acr,
          amr: authentication.amr,
          sid: authentication.sessionId,
        }),
      },
    });
    return { token, lifetime };
  }
}

/** House rule: one audience is a string, more are an array; without a custom resource it is the issuer. */
function audienceOf({ resources, issuer }: TokenContext): string | string[] {
  const [first, ...others] = resources.map(({ audience }) => audience);
  if (first === undefined) return issuer;
  return others.length === 0 ? first : [first, ...others];
}

/** The shortest of what resources and client say; the environment speaks where they are silent. */
function accessTokenLifetime({ resources, client, environment }: TokenContext): number {
  const said = [client.accessTokenLifetime, ...resources.map((resource) => resource.accessTokenLifetime)];
  const limits = said.filter((seconds) => seconds !== undefined);
  return limits.length > 0 ? Math.min(...limits) : environment.lifetimes.accessToken;
}
