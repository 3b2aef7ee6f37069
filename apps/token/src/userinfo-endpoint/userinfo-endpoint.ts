import { HttpCall, HttpReply } from '@grantway/contracts';
import { Environment, User } from '@grantway/domain';
import { EventLog, errorReply, NO_STORE } from '@grantway/platform';
import { OAuthError, SCOPE_CLAIMS, ScopeSet } from '@grantway/protocol';
import { AccessTokenReader } from '@grantway/token-signing';
import { Injectable } from '@nestjs/common';

const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/** What we know of the user, as far as the token's scope reaches (OIDC Core §5.3). */
@Injectable()
export class UserInfoEndpoint {
  constructor(
    private readonly tokens: AccessTokenReader,
    private readonly log: EventLog,
  ) {}

  async answer(call: HttpCall, environment: Environment, issuer: string): Promise<HttpReply> {
    try {
      const token = presentedToken(call);
      // RFC 6750 §3.1: no token at all is answered by the bare challenge, without an error code.
      if (token === undefined) return challenge(environment);
      const { user, scope } = await this.#holder(token, environment, issuer);
      return { kind: 'json', status: 200, headers: NO_STORE, body: claimsOf(user, scope) };
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      this.log.refused(call, 'userinfo.read', error);
      return errorReply(error, `Bearer realm="${environment.id}", error="${error.code}"`);
    }
  }

  async #holder(token: string, environment: Environment, issuer: string): Promise<{ user: User; scope: ScopeSet }> {
    const reading = await this.tokens.read(token, { environment, issuer });
    if (reading.kind !== 'live') throw new OAuthError('invalid_token', { reason: reading.reason });
    const { user, scope } = reading;
    // OI-05: only a token a user allowed to say who they are; a client's own token never has this scope.
    if (!user || !scope.has('openid')) throw new OAuthError('insufficient_scope', { reason: 'userinfo.no_openid' });
    return { user, scope };
  }
}

/** RFC 6750 §2.1, §2.2: in the header or the form, never the query, and not in two places. */
function presentedToken({ authorization, form }: HttpCall): string | undefined {
  const inForm = form['access_token']?.filter(Boolean) ?? [];
  if (inForm.length + (authorization === undefined ? 0 : 1) > 1) {
    throw new OAuthError('invalid_request', { description: 'more than one access token' });
  }
  if (authorization === undefined) return inForm[0];
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) throw new OAuthError('invalid_token', { reason: 'userinfo.not_bearer' });
  return token;
}

function claimsOf(user: User, scope: ScopeSet): Record<string, unknown> {
  const names = [...scope].flatMap((token) => SCOPE_CLAIMS[token] ?? []);
  const known = names.filter((name) => user.claims[name] !== undefined);
  return { sub: user.id, ...Object.fromEntries(known.map((name) => [name, user.claims[name]])) };
}

function challenge(environment: Environment): HttpReply {
  const headers = { ...NO_STORE, 'www-authenticate': `Bearer realm="${environment.id}"` };
  return { kind: 'empty', status: 401, headers };
}
