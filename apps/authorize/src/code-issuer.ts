import { HttpReply } from '@grantway/contracts';
import { AuthorizationCodes, AuthorizationRequest, Environment, Session } from '@grantway/domain';
import { ScopeSet } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { authorizationResponse } from './authorization-endpoint/authorization-response.js';

/** The good end of an authorization request (RFC 6749 §4.1.2). */
@Injectable()
export class CodeIssuer {
  constructor(private readonly codes: AuthorizationCodes) {}

  async answer(
    environment: Environment,
    issuer: string,
    request: AuthorizationRequest,
    session: Session,
  ): Promise<HttpReply> {
    const { clientId, redirectUri, redirectUriSent, nonce, codeChallenge, codeChallengeMethod } = request;
    const code = await this.codes.issue({
      environmentId: environment.id,
      clientId,
      lifetime: environment.lifetimes.code,
      authorization: {
        subject: { kind: 'user', id: session.userId },
        scope: ScopeSet.from(request.scope),
        resources: request.resources,
        authentication: { time: session.authTime, acr: session.acr, amr: session.amr, sessionId: session.id },
      },
      ...(redirectUriSent && { redirectUri }),
      ...(nonce !== undefined && { nonce }),
      ...(codeChallenge !== undefined && { codeChallenge }),
      ...(codeChallengeMethod !== undefined && { codeChallengeMethod }),
    });
    return authorizationResponse({ ...request, issuer }, { code });
  }
}
