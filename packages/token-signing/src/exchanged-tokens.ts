import {
  Authentication,
  Authorizations,
  Clients,
  Environment,
  ExchangedToken,
  ExchangedTokens,
  issuerOf,
  Sessions,
  StoredAuthorization,
  Subject,
} from '@grantway/domain';
import { TokenType } from '@grantway/protocol';
import { AccessTokenClaims } from './access-token-opener.js';
import { AccessTokenReader } from './access-token-reader.js';
import { TokenHolders } from './token-holders.js';
import { TokenVerifier } from './token-verifier.js';

/** What an ID token of ours says (OIDC Core §2). */
interface IdTokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  readonly exp: number;
  readonly auth_time?: number;
  readonly acr?: string;
  readonly amr?: readonly string[];
  readonly sid?: string;
  readonly authorization_id?: string;
}

/** Tokens of ours that somebody exchanges: good now, as the introspection endpoint would say. */
export class OurExchangedTokens extends ExchangedTokens {
  constructor(
    private readonly publicUrl: string,
    private readonly reader: AccessTokenReader,
    private readonly verifier: TokenVerifier,
    private readonly clients: Clients,
    private readonly holders: TokenHolders,
    private readonly sessions: Sessions,
    private readonly authorizations: Authorizations,
  ) {
    super();
  }

  async read(environment: Environment, token: string, type: TokenType): Promise<ExchangedToken | undefined> {
    const issuer = issuerOf(this.publicUrl, environment.id);
    if (type === TokenType.IdToken) return this.#idToken(environment, issuer, token);
    const reading = await this.reader.read(token, { environment, issuer });
    // RFC 8693 §3: `jwt` says what it is made like, and an opaque one is not.
    if (reading.kind !== 'live' || (type === TokenType.Jwt && reading.format !== 'jwt')) return undefined;
    const { claims, subject, client, scope, authorization } = reading;
    return {
      ...{ type, subject, client, scope },
      ...ofBoth(claims),
      ...(authorization && ofAuthorization(authorization)),
      ...ofAccessTokens(claims),
    };
  }

  async #idToken(environment: Environment, issuer: string, token: string): Promise<ExchangedToken | undefined> {
    const verified = await this.verifier.verify(token, { environmentId: environment.id, issuer, purpose: 'id_token' });
    if (!verified) return undefined;
    // What we signed has the shape we gave it; the verifier saw that nothing is missing.
    const claims = verified as unknown as IdTokenClaims;
    const subject: Subject = { kind: 'user', id: claims.sub };
    const authorization = await this.#authorization(environment, claims);
    if (authorization === 'ended') return undefined;
    const authentication = authorization?.authentication ?? authenticationOf(claims);
    const [client, holder, sessionLive] = await Promise.all([
      this.clients.find(environment.id, claims.aud),
      this.holders.of(environment, subject, { authentication }),
      this.#sessionLive(environment, claims),
    ]);
    if (!client?.enabled || typeof holder === 'string' || !sessionLive) return undefined;
    return {
      ...{ type: TokenType.IdToken, subject, client },
      ...ofBoth(claims),
      ...(authentication && { authentication }),
      ...(authorization && { ...ofAuthorization(authorization), scope: authorization.scope }),
    };
  }

  /** What was recorded with it, which it stands and falls with as an access token does; nothing, beside a code alone. */
  async #authorization(
    { id: environmentId }: Environment,
    { authorization_id: id, sub, aud }: IdTokenClaims,
  ): Promise<StoredAuthorization | 'ended' | undefined> {
    if (id === undefined) return undefined;
    const [authorization, live] = await Promise.all([
      this.authorizations.find(environmentId, id),
      this.authorizations.isLive(environmentId, id),
    ]);
    const { subject, clientId } = authorization ?? {};
    const itsOwn = subject?.kind === 'user' && subject.id === sub && clientId === aud;
    return authorization && live && itsOwn ? authorization : 'ended';
  }

  /** One that came of no session, as after the password grant, has none to stand with. */
  async #sessionLive(environment: Environment, { sid, sub }: IdTokenClaims): Promise<boolean> {
    return sid === undefined || (await this.sessions.findById(environment.id, sid))?.userId === sub;
  }
}

function ofBoth({ sub, iss, aud, exp }: Pick<AccessTokenClaims, 'sub' | 'iss' | 'aud' | 'exp'>) {
  return { sub, iss, audiences: [aud].flat(), expiresAt: new Date(exp * 1000) };
}

function ofAuthorization({ id, authentication, derivationDepth }: StoredAuthorization) {
  return {
    authorizationId: id,
    ...(derivationDepth !== undefined && { derivationDepth }),
    ...(authentication && { authentication }),
  };
}

function ofAccessTokens({ act, may_act, service_account_version: version }: AccessTokenClaims) {
  return {
    ...(act && { act }),
    ...(may_act !== undefined && { mayAct: may_act as NonNullable<ExchangedToken['mayAct']> }),
    ...(version !== undefined && { serviceAccountVersion: version }),
  };
}

/** The claim has seconds alone; at its end, so that a password set in the same second is not taken for a later one. */
function authenticationOf({ auth_time, acr, amr, sid }: IdTokenClaims): Authentication | undefined {
  if (auth_time === undefined || acr === undefined || amr === undefined) return undefined;
  return { time: new Date(auth_time * 1000 + 999), acr, amr, ...(sid !== undefined && { sessionId: sid }) };
}
