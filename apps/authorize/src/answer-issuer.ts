import { HttpCall, HttpReply } from '@grantway/contracts';
import {
  Authorization,
  AuthorizationAnswers,
  AuthorizationRequest,
  Client,
  Environment,
  IssuedAnswer,
  NewAuthorization,
  NewAuthorizationCode,
  ResourceCatalog,
  Resources,
  Session,
  User,
} from '@grantway/domain';
import { EventFields, EventLog } from '@grantway/platform';
import { grantsOf, OAuthError, SCOPE_CLAIMS, ScopeSet } from '@grantway/protocol';
import { AccessTokenMinter, accessTokenAlgorithm, IdTokenMinter, TokenSigner } from '@grantway/token-signing';
import { Injectable } from '@nestjs/common';
import {
  AnswerFields,
  authorizationError,
  authorizationResponse,
} from './authorization-endpoint/authorization-response.js';

/** What an answer is issued for: a request every check has passed, and who is signed on. */
export interface AnswerGrounds {
  readonly call: HttpCall;
  readonly environment: Environment;
  readonly issuer: string;
  readonly client: Client;
  readonly request: AuthorizationRequest;
  readonly session: Session;
  readonly user: User;
}

/** What the response type asks for. */
interface Wanted {
  readonly code: boolean;
  readonly token: boolean;
  readonly idToken: boolean;
}

/** The good end of an authorization request: a code, tokens, or both (RFC 6749 §4.1.2, §4.2.2; OIDC Core §3.2, §3.3). */
@Injectable()
export class AnswerIssuer {
  constructor(
    private readonly answers: AuthorizationAnswers,
    private readonly resources: Resources,
    private readonly accessTokens: AccessTokenMinter,
    private readonly idTokens: IdTokenMinter,
    private readonly signer: TokenSigner,
    private readonly log: EventLog,
  ) {}

  /**
   * @param flowId the flow that asked the person, which ends with it
   * @returns undefined when that flow, or the pushed request, was used before (A16, PR-01)
   */
  async answer(grounds: AnswerGrounds, flowId?: string): Promise<HttpReply | undefined> {
    const target = { ...grounds.request, issuer: grounds.issuer };
    try {
      const fields = await this.#issue(grounds, flowId);
      return fields && authorizationResponse(target, fields);
    } catch (error) {
      // What was allowed when the request came may not be any more; then nothing was spent.
      if (!(error instanceof OAuthError)) throw error;
      this.log.refused(grounds.call, 'authorization.answer', error, namesOf(grounds));
      return authorizationError(target, error);
    }
  }

  async #issue(grounds: AnswerGrounds, flowId?: string): Promise<AnswerFields | undefined> {
    const { environment, client, request } = grounds;
    const wanted = wantedBy(request);
    requireGrants(grounds);
    const catalog = await this.resources.catalog(environment.id);
    const front = wanted.token || wanted.idToken ? frontChannel(grounds, catalog, wanted) : NO_FRONT_CHANNEL;
    await this.#prepare(environment, wanted, front.resources);
    const code = wanted.code && { code: codeFor(grounds) };
    const authorization = wanted.token && { authorization: recordFor(grounds, front.scope) };
    const { pushedRequestId } = request;
    const issued = await this.answers.issue(
      {
        environmentId: environment.id,
        clientId: client.id,
        ...(flowId !== undefined && { flowId }),
        ...(pushedRequestId !== undefined && { pushedRequestId }),
      },
      { ...code, ...authorization },
    );
    if (!issued) return undefined;
    const fields = await this.#fields(grounds, wanted, front, issued);
    const allowed = { scope: request.scope.join(' '), authorization_id: issued.authorizationId };
    this.log.done(grounds.call, 'authorization.answer', { ...namesOf(grounds), ...allowed });
    return fields;
  }

  /** A key that is missing is missed before anything is spent. */
  async #prepare(environment: Environment, { token, idToken }: Wanted, resources: FrontChannel['resources']) {
    const algorithms = [
      ...(token ? [accessTokenAlgorithm(environment, resources)] : []),
      ...(idToken ? [environment.signing.idToken] : []),
    ];
    if (algorithms.length > 0) await this.signer.prepare(environment.id, algorithms);
  }

  async #fields(
    grounds: AnswerGrounds,
    wanted: Wanted,
    { scope, resources }: FrontChannel,
    { code, authorizationId }: IssuedAnswer,
  ): Promise<AnswerFields> {
    const { environment, issuer, client, request, user } = grounds;
    const authorization = authorizationOf(grounds, scope);
    const access = wanted.token
      ? await this.accessTokens.mint({
          ...{ environment, issuer, client, authorization, scope, resources },
          ...(authorizationId !== undefined && { authorizationId }),
        })
      : undefined;
    const idToken = wanted.idToken
      ? await this.idTokens.mint({
          ...{ environment, issuer, client, authorization },
          ...(authorizationId !== undefined && { authorizationId }),
          ...(request.nonce !== undefined && { nonce: request.nonce }),
          ...(access && { accessToken: access.token }),
          ...(code !== undefined && { code }),
          // OIDC Core §5.4: with no access token to fetch them with, the claims come along (I4).
          ...(request.responseType === 'id_token' && { claims: claimsOf(user, scope) }),
        })
      : undefined;
    return {
      ...(code !== undefined && { code }),
      ...(access && { access_token: access.token, token_type: 'Bearer', expires_in: access.lifetime }),
      ...(access && { scope: scope.toString() }),
      ...(idToken !== undefined && { id_token: idToken }),
    };
  }
}

function namesOf({ client, user, session }: AnswerGrounds): EventFields {
  return { client_id: client.id, sub: user.id, sid: session.id };
}

function wantedBy({ responseType }: AuthorizationRequest): Wanted {
  const words = responseType.split(' ');
  return { code: words.includes('code'), token: words.includes('token'), idToken: words.includes('id_token') };
}

/** What tokens of the authorization response carry. */
interface FrontChannel {
  readonly scope: ScopeSet;
  readonly resources: ReturnType<ResourceCatalog['resourcesOf']>;
}

const NO_FRONT_CHANNEL: FrontChannel = { scope: ScopeSet.EMPTY, resources: [] };

/** AZ-12: switched off since, for the client or for everybody. */
function requireGrants({ environment, client, request }: AnswerGrounds): void {
  const stillOn = (grant: string) => [environment, client].every(({ grantTypes }) => grantTypes.includes(grant));
  if (grantsOf(request.responseType).every(stillOn)) return;
  throw new OAuthError('unauthorized_client', { description: 'response_type is not possible any more' });
}

/**
 * The limits of the token endpoint, for what does not pass there: never good for offline access (I5), nothing that was taken from
 * the client or its resource since (RT-06), nothing beyond the resources that were asked for (RFC 8707 §2.2).
 */
function frontChannel({ client, request }: AnswerGrounds, catalog: ResourceCatalog, { idToken }: Wanted): FrontChannel {
  const left = request.scope.filter((token) => client.scopes.includes(token) && catalog.knows(token));
  const online = ScopeSet.from(left).without('offline_access');
  const asked = request.resources.flatMap((audience) => catalog.byAudience(audience) ?? []);
  const scope = request.resources.length > 0 ? catalog.limitTo(online, asked) : online;
  const resources = catalog.resourcesOf(scope);
  if (scope.size === 0 || (idToken && !scope.has('openid'))) {
    throw new OAuthError('invalid_scope', { description: 'too little of the scope is left to the client' });
  }
  if (resources.length > 1 && !client.multipleResources) {
    throw new OAuthError('invalid_scope', { description: 'May not request scopes for multiple resources' });
  }
  return { scope, resources };
}

function authorizationOf({ request, session }: AnswerGrounds, scope: ScopeSet): Authorization {
  return {
    subject: { kind: 'user', id: session.userId },
    scope,
    resources: request.resources,
    authentication: { time: session.authTime, acr: session.acr, amr: session.amr, sessionId: session.id },
  };
}

function recordFor(grounds: AnswerGrounds, scope: ScopeSet): NewAuthorization {
  const { environment, client } = grounds;
  const authorization = authorizationOf(grounds, scope);
  return { environmentId: environment.id, clientId: client.id, authorization, offline: false };
}

function codeFor(grounds: AnswerGrounds): NewAuthorizationCode {
  const { environment, request } = grounds;
  const { clientId, redirectUri, redirectUriSent, nonce, codeChallenge, codeChallengeMethod } = request;
  return {
    environmentId: environment.id,
    clientId,
    lifetime: environment.lifetimes.code,
    authorization: authorizationOf(grounds, ScopeSet.from(request.scope)),
    ...(redirectUriSent && redirectUri !== undefined && { redirectUri }),
    ...(nonce !== undefined && { nonce }),
    ...(codeChallenge !== undefined && { codeChallenge }),
    ...(codeChallengeMethod !== undefined && { codeChallengeMethod }),
  };
}

function claimsOf({ claims }: User, scope: ScopeSet): Record<string, unknown> {
  const names = [...scope].flatMap((token) => SCOPE_CLAIMS[token] ?? []);
  return Object.fromEntries(names.filter((name) => claims[name] !== undefined).map((name) => [name, claims[name]]));
}
