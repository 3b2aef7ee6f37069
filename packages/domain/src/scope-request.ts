import { GrantType, OAuthError, ScopeSet } from '@grantway/protocol';
import { Client } from './client.js';
import { Environment } from './environment.js';
import { ResourceCatalog } from './resource.js';

/**
 * The scope a request asks a person for, wherever it begins: browser, device or backchannel (RFC 6749 §3.3, RFC 8707 §2.1;
 * A5, X9, X10).
 *
 * @param scope the `scope` parameter
 * @param resources every `resource` parameter
 * @throws OAuthError invalid_scope or invalid_target
 */
export function requestedScope(
  client: Client,
  environment: Environment,
  catalog: ResourceCatalog,
  scope: string | undefined,
  resources: readonly string[],
): ScopeSet {
  const requested = scope === undefined ? ScopeSet.from(client.defaultScopes) : ScopeSet.parse(scope);
  if (!requested) throw new OAuthError('invalid_scope', { description: 'scope is malformed' });
  if (requested.size === 0) throw new OAuthError('invalid_scope', { description: 'scope is missing' });
  const refused = [...requested].find((token) => !catalog.knows(token) || !client.scopes.includes(token));
  if (refused !== undefined) throw new OAuthError('invalid_scope', { description: `${refused} may not be requested` });
  // OIDC Core §11: ignored where no refresh token can come of it.
  const canRefresh = [client, environment].every(({ grantTypes }) => grantTypes.includes(GrantType.RefreshToken));
  const asked = canRefresh ? requested : withoutOffline(requested);
  fitResources(client, catalog, asked, resources);
  return asked;
}

/** @throws OAuthError invalid_scope when nothing else was asked for */
export function withoutOffline(scope: ScopeSet): ScopeSet {
  const rest = scope.without('offline_access');
  if (rest.size === 0) {
    throw new OAuthError('invalid_scope', { description: 'nothing is left without offline_access' });
  }
  return rest;
}

function fitResources(client: Client, catalog: ResourceCatalog, scope: ScopeSet, resources: readonly string[]): void {
  const limit = resources.map((audience) => {
    const resource = catalog.byAudience(audience);
    if (!resource) throw new OAuthError('invalid_target', { description: 'resource is unknown' });
    return resource;
  });
  const named = catalog.resourcesOf(scope);
  if (limit.length > 0 && named.some((resource) => !limit.includes(resource))) {
    throw new OAuthError('invalid_target', { description: 'scope names a resource that was not asked for' });
  }
  // Else what comes of it would be good for nothing at the token endpoint (RFC 8707 §2.2).
  if (limit.some((resource) => !named.includes(resource))) {
    throw new OAuthError('invalid_target', { description: 'no scope belongs to the resource' });
  }
  if (named.length > 1 && !client.multipleResources) {
    throw new OAuthError('invalid_scope', { description: 'May not request scopes for multiple resources' });
  }
}
