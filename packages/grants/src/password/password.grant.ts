import { Authentication, PasswordCheck, User } from '@grantway/domain';
import { Grant, GrantHandler, Issuance, TokenRequest } from '@grantway/grant-sdk';
import { Acr, Amr, ErrorSubject, GrantType, OAuthError, ScopeSet } from '@grantway/protocol';
import { PasswordParams } from './password.params.js';

/**
 * A client that was told its user's password. Off until environment and client have it; guesses count as on the sign-on page.
 *
 * @see RFC 6749 §4.3; RFC 9700 §2.4 advises against it
 */
@Grant({ type: GrantType.Password, params: PasswordParams, slug: 'password', clients: 'confidential' })
export class PasswordGrant implements GrantHandler<PasswordParams> {
  constructor(private readonly passwords: PasswordCheck) {}

  async handle({ environment, client, params, ip, requestedScope }: TokenRequest<PasswordParams>): Promise<Issuance> {
    const scope = requestedScope ?? ScopeSet.from(client.defaultScopes);
    // §3.3: no default is defined, so the request cannot be served.
    if (scope.size === 0) throw new OAuthError('invalid_scope', { description: 'scope is missing' });
    const { username, password } = params;
    const outcome = await this.passwords.try({ environmentId: environment.id, username, password, ip }, mayUseIt);
    switch (outcome.kind) {
      case 'wait':
        throw new OAuthError('too_many_requests', {
          retryAfter: outcome.seconds,
          reason: 'password.wait',
          description: 'too many wrong passwords',
          about: await this.#about(environment.id, username),
        });
      case 'wrong': // House rule: whatever is wrong, from outside it is the same (W2).
        throw new OAuthError('invalid_grant', {
          reason: 'password.wrong',
          description: 'the username or password is not valid',
          about: await this.#about(environment.id, username),
        });
      case 'right':
        return {
          authorization: {
            subject: { kind: 'user', id: outcome.user.id },
            scope,
            resources: [],
            authentication: authenticationOf(outcome.user),
          },
          refreshToken: true,
        };
    }
  }

  async #about(environmentId: string, username: string): Promise<ErrorSubject> {
    const sub = await this.passwords.whose(environmentId, username);
    return sub === undefined ? {} : { sub };
  }
}

/** W2: a password that has to be changed first signs on for that alone. */
function mayUseIt({ status, mustChangePassword }: User): boolean {
  return status === 'active' && !mustChangePassword;
}

/** There is no browser, so there is no session. */
function authenticationOf({ passwordChangedAt }: User): Authentication {
  // The password's change was timed by the database's clock; were ours behind, it would seem to have come after.
  const time = new Date(Math.max(Date.now(), passwordChangedAt.getTime()));
  return { time, acr: Acr.SingleFactor, amr: [Amr.Password] };
}
