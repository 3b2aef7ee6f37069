import { Client, Consents, Environment, ExchangedToken, ExchangedTokens, TokenExchangePolicy } from '@grantway/domain';
import { Grant, GrantHandler, Issuance, TokenRequest } from '@grantway/grant-sdk';
import { GrantType, OAuthError, OIDC_SCOPES, ScopeSet, TokenType } from '@grantway/protocol';
import { chainOf, requireNamed, requireOther, requireShallow } from './acting.js';
import { TokenExchangeParams } from './token-exchange.params.js';

type Request = TokenRequest<TokenExchangeParams>;

/** What may be shown; a refresh token is between its client and us. */
const SHOWN: readonly string[] = [TokenType.AccessToken, TokenType.IdToken, TokenType.Jwt];

/**
 * A client exchanges a token for one with less: for another resource, and as somebody or on behalf of somebody.
 *
 * @see RFC 8693 §2 (request and answer), §4.1 (`act`), §4.4 (`may_act`)
 */
@Grant({ type: GrantType.TokenExchange, params: TokenExchangeParams, slug: 'token-exchange', clients: 'confidential' })
export class TokenExchangeGrant implements GrantHandler<TokenExchangeParams> {
  constructor(
    private readonly tokens: ExchangedTokens,
    private readonly consents: Consents,
    private readonly policy: TokenExchangePolicy,
  ) {}

  async handle(request: Request): Promise<Issuance> {
    const { environment, client, params, requestedResources } = request;
    const types = typesOf(params);
    const subject = await this.#read(request, params.subject_token, types.subject);
    const actor = await this.#readActor(request, types.actor);
    requireOther(subject, actor);
    requireShallow(subject);
    requireNamed(subject, actor, client);
    requireSaid(subject, actor, client);
    const act = chainOf(subject, actor);
    const scope = await this.#scope(request, subject);
    const requestedTokenType = TokenType.AccessToken;
    const exchange = { environment, client, subject, requestedTokenType, scope, requestedResources };
    await this.policy.decide({ ...exchange, ...(actor && { actor }) });
    return {
      authorization: {
        subject: subject.subject,
        scope,
        resources: [],
        ...(subject.authentication && { authentication: subject.authentication }),
      },
      ...(act && { actor: act }),
      ...(subject.authorizationId !== undefined && { derivedFrom: subject.authorizationId }),
      ...(subject.serviceAccountVersion !== undefined && { serviceAccountVersion: subject.serviceAccountVersion }),
      notAfter: earlier(subject.expiresAt, actor?.expiresAt), // T10
      issuedTokenType: requestedTokenType,
    };
  }

  async #readActor(request: Request, type: TokenType | undefined): Promise<ExchangedToken | undefined> {
    const { actor_token: token } = request.params;
    if (token === undefined || type === undefined) return undefined;
    const actor = await this.#read(request, token, type);
    // House rule: who acts, acts in person; else it would be lost who is behind them (TX-06).
    if (actor.act) throw notValid('actor_delegated');
    return actor;
  }

  /** A live token of this environment that this client may use. */
  async #read({ environment, client }: Request, text: string, type: TokenType): Promise<ExchangedToken> {
    const token = await this.tokens.read(environment, text, type);
    if (!token) throw notValid('token_invalid');
    if (!mayUse(client, token.client)) throw notValid('not_delegated');
    // House rule: a client's own token is nobody else's to use, whoever may exchange its users' tokens.
    if (token.subject.kind === 'client' && token.subject.id !== client.id) throw notValid('not_its_own');
    return token;
  }

  /** T5: what is asked for, which is at most what the subject's token may do; LimitScope looks at the client's part. */
  async #scope({ environment, client, catalog, requestedScope }: Request, subject: ExchangedToken): Promise<ScopeSet> {
    const authority = (await this.#authority(environment, subject)).without(...OIDC_SCOPES);
    const scope = requestedScope ?? authority.intersect(ScopeSet.from(client.scopes.filter((it) => catalog.knows(it))));
    // T7: OpenID Connect's own scopes belong to no resource, so they are beyond as well.
    const [beyond] = scope.without(...authority);
    if (beyond !== undefined) throw new OAuthError('invalid_scope', { description: `${beyond} may not be requested` });
    return scope;
  }

  /**
   * House rule: an ID token may do nothing by itself, so it stands for what its user allowed its client: then, where we
   * know what that was, and still.
   */
  async #authority(environment: Environment, { type, scope, client, subject }: ExchangedToken): Promise<ScopeSet> {
    if (scope && type !== TokenType.IdToken) return scope;
    const said = client.trusted ? client.scopes : await this.consents.find(environment.id, subject.id, client.id);
    const allowed = ScopeSet.from(said);
    return scope ? allowed.intersect(scope) : allowed;
  }
}

/** T9: the client it was issued to, or one which that client lists. */
function mayUse(client: Client, owner: Client): boolean {
  return owner.id === client.id || owner.exchange.allowedDelegators?.includes(client.id) === true;
}

/** TX-06: becoming the subject without being named beside it is a right of its own; who is the subject needs none. */
function requireSaid({ subject }: ExchangedToken, actor: ExchangedToken | undefined, client: Client): void {
  if (actor || client.exchange.impersonation || subject.kind === 'client') return;
  throw new OAuthError('invalid_request', {
    reason: 'token_exchange.impersonation',
    description: 'actor_token is missing, and the client may not impersonate',
  });
}

function earlier(one: Date, other: Date = one): Date {
  return other < one ? other : one;
}

/** T1, T3. */
function typesOf(params: TokenExchangeParams): { subject: TokenType; actor?: TokenType } {
  const { subject_token_type, actor_token, actor_token_type, requested_token_type } = params;
  if ((actor_token === undefined) !== (actor_token_type === undefined)) {
    throw new OAuthError('invalid_request', { description: 'actor_token and actor_token_type go together' });
  }
  if (requested_token_type !== undefined && requested_token_type !== TokenType.AccessToken) {
    throw new OAuthError('invalid_request', { description: 'requested_token_type is not supported' });
  }
  const subject = shownType('subject_token_type', subject_token_type);
  return actor_token_type === undefined
    ? { subject }
    : { subject, actor: shownType('actor_token_type', actor_token_type) };
}

function shownType(name: string, type: string): TokenType {
  if (!SHOWN.includes(type)) throw new OAuthError('invalid_request', { description: `${name} is not supported` });
  return type as TokenType;
}

/** T2: one message, whatever is wrong with whichever token. */
function notValid(reason: string): OAuthError {
  return new OAuthError('invalid_request', {
    reason: `token_exchange.${reason}`,
    description: 'the subject_token or the actor_token is not valid',
  });
}
