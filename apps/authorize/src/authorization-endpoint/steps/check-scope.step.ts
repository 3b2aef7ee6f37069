import { Resources } from '@grantway/domain';
import { GrantType, OAuthError, ScopeSet } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { AuthorizeContext } from '../authorize-context.js';
import { Step } from '../step.js';

/** RFC 6749 §3.3, RFC 8707 §2.1 (A5, X9, X10). */
@Injectable()
export class CheckScope extends Step {
  constructor(private readonly resources: Resources) {
    super();
  }

  async run(context: AuthorizeContext): Promise<void> {
    const { client, environment, params } = context;
    context.catalog = await this.resources.catalog(environment.id);
    const text = params.get('scope');
    const requested = text === undefined ? ScopeSet.from(client.defaultScopes) : ScopeSet.parse(text);
    if (!requested) throw new OAuthError('invalid_scope', { description: 'scope is malformed' });
    if (requested.size === 0) throw new OAuthError('invalid_scope', { description: 'scope is missing' });
    const refused = [...requested].find((token) => !context.catalog.knows(token) || !client.scopes.includes(token));
    if (refused !== undefined)
      throw new OAuthError('invalid_scope', { description: `${refused} may not be requested` });
    // OIDC Core §11: ignored where no refresh token can come of it.
    const canRefresh = [client, environment].every(({ grantTypes }) => grantTypes.includes(GrantType.RefreshToken));
    context.scope = canRefresh ? requested : requested.without('offline_access');
    if (context.scope.size === 0) {
      throw new OAuthError('invalid_scope', { description: 'nothing is left without offline_access' });
    }
    this.#limitToResources(context);
  }

  #limitToResources(context: AuthorizeContext): void {
    const { catalog, client, scope } = context;
    const limit = context.resources.map((audience) => {
      const resource = catalog.byAudience(audience);
      if (!resource) throw new OAuthError('invalid_target', { description: 'resource is unknown' });
      return resource;
    });
    const named = catalog.resourcesOf(scope);
    if (limit.length > 0 && named.some((resource) => !limit.includes(resource))) {
      throw new OAuthError('invalid_target', { description: 'scope names a resource that was not asked for' });
    }
    // Else the code would be good for nothing at the token endpoint (RFC 8707 §2.2).
    if (limit.some((resource) => !named.includes(resource))) {
      throw new OAuthError('invalid_target', { description: 'no scope belongs to the resource' });
    }
    if (named.length > 1 && !client.multipleResources) {
      throw new OAuthError('invalid_scope', { description: 'May not request scopes for multiple resources' });
    }
  }
}
