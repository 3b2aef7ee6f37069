import { Resource } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { Step } from '../step.js';
import { TokenContext } from '../token-context.js';

/** RFC 8707 §2.2: the token is for the resources its scopes name, and for no more than the request asked for. */
@Injectable()
export class LimitAudience extends Step {
  run(context: TokenContext): void {
    const { catalog, client, issuance, requestedResources } = context;
    const authorized = issuance.authorization.resources;
    const asked = requestedResources.map((audience) => {
      const resource = catalog.byAudience(audience);
      const allowed = authorized.length === 0 || authorized.includes(audience);
      if (!resource || !allowed)
        throw new OAuthError('invalid_target', { description: 'resource may not be requested' });
      return resource;
    });
    const limit = asked.length > 0 ? asked : this.#known(context, authorized);
    // Also where nothing is left of the limit: a resource that is gone opens no other.
    if (asked.length > 0 || authorized.length > 0) context.scope = catalog.limitTo(context.scope, limit);
    context.resources = catalog.resourcesOf(context.scope);
    const missing = asked.find((resource) => !context.resources.includes(resource));
    if (missing || context.scope.size === 0) {
      throw new OAuthError('invalid_target', { description: 'no granted scope belongs to the resource' });
    }
    // What a service account may do was fixed by its operator, and is its own to ask for all at once (S4).
    const fixed = issuance.authorization.subject.kind === 'service_account';
    if (context.resources.length > 1 && !client.multipleResources && !fixed) {
      throw new OAuthError('invalid_scope', { description: 'May not request scopes for multiple resources' });
    }
  }

  #known({ catalog }: TokenContext, audiences: readonly string[]): Resource[] {
    return audiences.flatMap((audience) => catalog.byAudience(audience) ?? []);
  }
}
