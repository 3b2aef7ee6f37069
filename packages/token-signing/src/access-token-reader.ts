import {
  Authorizations,
  Client,
  Clients,
  Environment,
  RevokedTokens,
  StoredAuthorization,
  Subject,
  serviceAccountId,
  serviceAccountSubject,
} from '@grantway/domain';
import { ScopeSet } from '@grantway/protocol';
import { AccessToken, AccessTokenClaims, AccessTokenOpener } from './access-token-opener.js';
import { TokenHolder, TokenHolders } from './token-holders.js';

/** A good access token and all that makes it so. */
export interface LiveAccessToken extends AccessToken, TokenHolder {
  readonly kind: 'live';
  readonly scope: ScopeSet;
  /** The client it was issued to. */
  readonly client: Client;
  /** What the user allowed; absent from a client's own token and from a service account's. */
  readonly authorization?: StoredAuthorization;
}

/** `reason` is for logs. */
export type AccessTokenReading =
  | LiveAccessToken
  /** Ours, but good no more. */
  | (AccessToken & { readonly kind: 'dead'; readonly reason: string })
  /** Nothing of ours, or of another kind or environment. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** The one place that says what an access token is, and whether it is good now (IR-03). */
export class AccessTokenReader {
  constructor(
    private readonly opener: AccessTokenOpener,
    private readonly revoked: RevokedTokens,
    private readonly authorizations: Authorizations,
    private readonly clients: Clients,
    private readonly holders: TokenHolders,
  ) {}

  /** Storage that is away throws: an outage is never a reading (IR-04). */
  async read(
    token: string,
    { environment, issuer }: { environment: Environment; issuer: string },
  ): Promise<AccessTokenReading> {
    const opened = await this.opener.open(token, { environmentId: environment.id, issuer });
    if (!opened) return { kind: 'unknown', reason: 'access_token.unknown' };
    if (opened.expired) return { ...opened, kind: 'dead', reason: 'access_token.expired' };
    const { format, claims } = opened;
    const [client, revoked, holder] = await Promise.all([
      this.clients.find(environment.id, claims.client_id),
      // An opaque one that was revoked is not even opened.
      format === 'jwt' && this.revoked.has(environment.id, claims.jti, new Date(claims.exp * 1000)),
      this.#holder(environment, claims),
    ]);
    if (revoked) return { ...opened, kind: 'dead', reason: 'access_token.revoked' };
    if (!client?.enabled) return { ...opened, kind: 'dead', reason: 'access_token.client_gone' };
    if (typeof holder === 'string') return { ...opened, kind: 'dead', reason: `access_token.${holder}` };
    return { ...opened, ...holder, kind: 'live', client, scope: ScopeSet.parse(claims.scope) ?? ScopeSet.EMPTY };
  }

  /** Whom it is about and by what right, or why it no longer counts. */
  async #holder(
    environment: Environment,
    claims: AccessTokenClaims,
  ): Promise<(TokenHolder & { authorization?: StoredAuthorization }) | string> {
    const { authorization_id, service_account_version: serviceAccountVersion } = claims;
    if (authorization_id === undefined) {
      const subject = ownSubject(claims);
      return subject ? this.holders.of(environment, subject, { serviceAccountVersion }) : 'nobody';
    }
    const [authorization, live] = await Promise.all([
      this.authorizations.find(environment.id, authorization_id),
      this.authorizations.isLive(environment.id, authorization_id),
    ]);
    if (!authorization || !live) return 'authorization_ended';
    const { subject, authentication, clientId } = authorization;
    if (clientId !== claims.client_id || subOf(subject) !== claims.sub) return 'mismatch';
    const holder = await this.holders.of(environment, subject, { authentication, serviceAccountVersion });
    return typeof holder === 'string' ? holder : { ...holder, authorization };
  }
}

/** Who a token without an authorization is about. Never a user: a user's is recorded, so that it can be revoked. */
function ownSubject({ sub, client_id }: AccessTokenClaims): Subject | undefined {
  const accountId = serviceAccountId(sub);
  if (accountId !== undefined) return { kind: 'service_account', id: accountId };
  return sub === client_id ? { kind: 'client', id: client_id } : undefined;
}

function subOf({ kind, id }: Subject): string {
  return kind === 'service_account' ? serviceAccountSubject(id) : id;
}
