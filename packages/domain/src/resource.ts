import { OIDC_SCOPES, ScopeSet } from '@grantway/protocol';

/** What is asked for: an API with its own audience and scopes. */
export interface Resource {
  readonly environmentId: string;
  readonly name: string;
  /** What `aud` says and what a `resource` parameter names (RFC 8707 §2). */
  readonly audience: string;
  readonly scopes: readonly ResourceScope[];
  /** Seconds; undefined takes the environment's. */
  readonly accessTokenLifetime?: number;
}

export interface ResourceScope {
  readonly name: string;
  /** Shown to the person who consents. */
  readonly description: string;
  /** Needs a signed-on user, so client credentials never get it (C2). */
  readonly userOnly: boolean;
}

/** The environment's resources and what their scopes mean; OpenID Connect's own scopes belong to none of them. */
export class ResourceCatalog {
  readonly #byScope = new Map<string, { resource: Resource; scope: ResourceScope }>();
  readonly #byAudience = new Map<string, Resource>();

  constructor(readonly resources: readonly Resource[]) {
    for (const resource of resources) {
      this.#byAudience.set(resource.audience, resource);
      for (const scope of resource.scopes) this.#byScope.set(scope.name, { resource, scope });
    }
  }

  knows(scope: string): boolean {
    return isOidcScope(scope) || this.#byScope.has(scope);
  }

  needsUser(scope: string): boolean {
    return isOidcScope(scope) || this.#byScope.get(scope)?.scope.userOnly === true;
  }

  describe(scope: string): string | undefined {
    return this.#byScope.get(scope)?.scope.description;
  }

  byAudience(audience: string): Resource | undefined {
    return this.#byAudience.get(audience);
  }

  /** The custom resources a set of scopes belongs to, each once. */
  resourcesOf(scope: ScopeSet): Resource[] {
    const found = new Set<Resource>();
    for (const token of scope) {
      const entry = this.#byScope.get(token);
      if (entry) found.add(entry.resource);
    }
    return [...found];
  }

  /** What is left of `scope` when the token is meant for these resources alone (RFC 8707 §2.2); OIDC scopes stay. */
  limitTo(scope: ScopeSet, resources: readonly Resource[]): ScopeSet {
    return ScopeSet.from(
      [...scope].filter((token) => {
        const owner = this.#byScope.get(token)?.resource;
        return owner === undefined || resources.includes(owner);
      }),
    );
  }

  scopeNames(): string[] {
    return [...OIDC_SCOPES, ...this.#byScope.keys()];
  }
}

export function isOidcScope(scope: string): boolean {
  return (OIDC_SCOPES as readonly string[]).includes(scope);
}

/** Cached reads, like {@link Environments}. */
export abstract class Resources {
  abstract catalog(environmentId: string): Promise<ResourceCatalog>;
}
