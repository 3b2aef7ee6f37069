import { HttpReply } from '@grantway/contracts';
import { AuthorizationCodes, AuthorizationRequest, Environment, NewAuthorizationCode, Session } from '@grantway/domain';
import { ScopeSet } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { authorizationResponse } from './authorization-endpoint/authorization-response.js';

/** What a code is issued for: a request every check has passed, and the session of whom it is about. */
export interface CodeGrounds {
  readonly environment: Environment;
  readonly issuer: string;
  readonly request: AuthorizationRequest;
  readonly session: Session;
}

/** The good end of an authorization request (RFC 6749 §4.1.2). */
@Injectable()
export class CodeIssuer {
  constructor(private readonly codes: AuthorizationCodes) {}

  /** Where nobody had to be asked. */
  async answer(grounds: CodeGrounds): Promise<HttpReply> {
    return answerWith(await this.codes.issue(codeFor(grounds)), grounds);
  }

  /** Where a flow asked; undefined when that flow was finished before (A16). */
  async finish(flowId: string, grounds: CodeGrounds): Promise<HttpReply | undefined> {
    const code = await this.codes.issueFor(flowId, codeFor(grounds));
    return code === undefined ? undefined : answerWith(code, grounds);
  }
}

function answerWith(code: string, { request, issuer }: CodeGrounds): HttpReply {
  return authorizationResponse({ ...request, issuer }, { code });
}

function codeFor({ environment, request, session }: CodeGrounds): NewAuthorizationCode {
  const { clientId, redirectUri, redirectUriSent, nonce, codeChallenge, codeChallengeMethod } = request;
  return {
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
  };
}
