import { Grant, GrantHandler, Issuance, TokenRequest } from '@grantway/grant-sdk';
import { GrantType, OAuthError, ScopeSet } from '@grantway/protocol';

/** It has no parameters of its own. */
export class ClientCredentialsParams {}

/**
 * A client asks for itself.
 *
 * @see RFC 6749 §4.4
 */
@Grant({
  type: GrantType.ClientCredentials,
  params: ClientCredentialsParams,
  slug: 'client-credentials',
  clients: 'confidential',
})
export class ClientCredentialsGrant implements GrantHandler<ClientCredentialsParams> {
  async handle({ client, catalog, requestedScope }: TokenRequest<ClientCredentialsParams>): Promise<Issuance> {
    const scope = requestedScope ?? ScopeSet.from(client.defaultScopes);
    // §3.3: no default is defined, so the request cannot be served (C3).
    if (scope.size === 0) throw new OAuthError('invalid_scope', { description: 'scope is missing' });
    const userScope = [...scope].find((token) => catalog.needsUser(token));
    if (userScope !== undefined) {
      throw new OAuthError('invalid_scope', { description: `${userScope} needs a user` });
    }
    return { authorization: { subject: { kind: 'client', id: client.id }, scope, resources: [] } };
  }
}
