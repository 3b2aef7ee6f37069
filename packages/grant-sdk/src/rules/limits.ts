import type { Client, Resource, ResourceCatalog } from '@grantway/domain';
import { OAuthError, ScopeSet } from '@grantway/protocol';
import type { Issuance } from '../issuance.js';

/** Who asks, and for what. */
export interface Asking {
  readonly client: Client;
  readonly catalog: ResourceCatalog;
  readonly requestedScope?: ScopeSet;
  readonly requestedResources: readonly string[];
}

/**
 * RFC 6749 §3.3, §6: granted ⊆ requested ∩ authorized ∩ registered, whatever the grant returned.
 * @throws OAuthError invalid_scope
 */
export function limitScope({ client, catalog, requestedScope }: Asking, issuance: Issuance): ScopeSet {
  const { scope: authorized, subject } = issuance.authorization;
  const registered = ScopeSet.from(client.scopes.filter((token) => catalog.knows(token)));
  const requested = requestedScope ?? authorized;
  requireWithin(requested, authorized);
  // TX-02: where nothing was authorized before, asking beyond the registration is the client's own mistake.
  if (!issuance.spend) requireWithin(requested, registered);
  // A scope taken from the client since is silently gone from the next token (RT-06).
  const granted = requested.intersect(registered);
  // C2: what is a user's, nobody gets who is none.
  const usersOnly = subject.kind === 'user' ? undefined : [...granted].find((token) => catalog.needsUser(token));
  if (usersOnly !== undefined) throw new OAuthError('invalid_scope', { description: `${usersOnly} needs a user` });
  // RFC 6749 §3.3: a scope has at least one token, so there is nothing left to issue a token for.
  if (granted.size === 0) throw new OAuthError('invalid_scope', { description: 'no scope is left to the client' });
  return granted;
}

function requireWithin(requested: ScopeSet, limit: ScopeSet): void {
  const beyond = [...requested].find((token) => !limit.has(token));
  if (beyond !== undefined) throw new OAuthError('invalid_scope', { description: `${beyond} may not be requested` });
}

export interface Granted {
  readonly scope: ScopeSet;
  /** The resources the token would be for. */
  readonly resources: readonly Resource[];
}

/**
 * RFC 8707 §2.2: for the resources its scopes name, and for no more than the request asked for.
 * @throws OAuthError invalid_target, or invalid_scope where a client may have one resource at a time
 */
export function limitAudience(
  { client, catalog, requestedResources }: Asking,
  { authorization: { resources: authorized, subject } }: Issuance,
  scope: ScopeSet,
): Granted {
  const asked = requestedResources.map((audience) => {
    const resource = catalog.byAudience(audience);
    const allowed = authorized.length === 0 || authorized.includes(audience);
    if (!resource || !allowed) throw new OAuthError('invalid_target', { description: 'resource may not be requested' });
    return resource;
  });
  const limit = asked.length > 0 ? asked : authorized.flatMap((audience) => catalog.byAudience(audience) ?? []);
  // Also where nothing is left of the limit: a resource that is gone opens no other.
  const isLimited = asked.length > 0 || authorized.length > 0;
  const granted = isLimited ? catalog.limitTo(scope, limit) : scope;
  const resources = catalog.resourcesOf(granted);
  if (granted.size === 0 || asked.some((resource) => !resources.includes(resource))) {
    throw new OAuthError('invalid_target', { description: 'no granted scope belongs to the resource' });
  }
  // What a service account may do was fixed by its operator, and is its own to ask for all at once (S4).
  if (resources.length > 1 && !client.multipleResources && subject.kind !== 'service_account') {
    throw new OAuthError('invalid_scope', { description: 'May not request scopes for multiple resources' });
  }
  return { scope: granted, resources };
}
