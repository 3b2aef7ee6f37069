import { ClientAuthenticator, clientAuthContext } from '@grantway/client-auth';
import { HttpCall, HttpReply } from '@grantway/contracts';
import { Authorizations, Client, Environment, OpaqueAccessTokens, RevokedTokens } from '@grantway/domain';
import { answerClient, ClientCall, EventFields, EventLog, NO_STORE, requiredParam } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { AccessTokenOpener } from '@grantway/token-signing';
import { Injectable } from '@nestjs/common';
import { RefreshTokenReader } from '../introspection-endpoint/refresh-token-reader.js';

const HINTS = ['access_token', 'refresh_token'];

/** A client gives a token back (RFC 7009). */
@Injectable()
export class RevocationEndpoint {
  constructor(
    private readonly clients: ClientAuthenticator,
    private readonly refreshTokens: RefreshTokenReader,
    private readonly accessTokens: AccessTokenOpener,
    private readonly authorizations: Authorizations,
    private readonly opaque: OpaqueAccessTokens,
    private readonly revoked: RevokedTokens,
    private readonly log: EventLog,
  ) {}

  answer(call: HttpCall, environment: Environment, issuer: string): Promise<HttpReply> {
    return answerClient({ call, environment, issuer }, this.log, 'token.revoke', async (request) => {
      const credentials = clientAuthContext(call, request.form.params, environment, issuer, 'revoke');
      const client = await this.clients.authenticate(credentials);
      request.clientId = client.id;
      const token = requiredParam(request.form, 'token');
      const hint = request.form.params.get('token_type_hint');
      if (hint !== undefined && !HINTS.includes(hint)) {
        throw new OAuthError('unsupported_token_type', {
          description: 'only access and refresh tokens can be revoked',
        });
      }
      const revoked = await this.#revoke(client, token, request);
      this.log.done(call, 'token.revoke', {
        client_id: client.id,
        ...(revoked ?? { reason: 'token.nothing_to_revoke' }),
      });
      // RFC 7009 §2.2: the same for a token that never was, is over, or is somebody else's (IR-05).
      return { kind: 'empty', status: 200, headers: NO_STORE };
    });
  }

  /** @returns what it was and whose, or undefined where nothing had to be done */
  async #revoke(client: Client, token: string, { environment, issuer }: ClientCall): Promise<EventFields | undefined> {
    const refresh = await this.refreshTokens.read(environment.id, token);
    if (refresh) {
      if (refresh.family.clientId !== client.id) return undefined;
      // RFC 7009 §2.1: what was issued from it ends as well.
      await this.authorizations.revoke(environment.id, refresh.family.id);
      const { id, subject } = refresh.family;
      return { kind: 'refresh_token', authorization_id: id, sub: subject.id };
    }
    const access = await this.accessTokens.open(token, { environmentId: environment.id, issuer });
    if (!access || access.expired || access.claims.client_id !== client.id) return undefined;
    // This token alone, be there an authorization behind it or not (oidc-provider 9.8.6).
    if (access.format === 'opaque') await this.opaque.revoke(environment.id, token);
    else await this.revoked.add(environment.id, access.claims.jti, new Date(access.claims.exp * 1000));
    return { kind: 'access_token', sub: access.claims.sub, jti: access.claims.jti };
  }
}
