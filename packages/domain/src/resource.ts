import { OIDC_SCOPES, ScopeSet } from '@grantway/protocol';
import { SigningAlgorithm } from './environment.js';

/** What is asked for: an API with its own audience and scopes. */
export interface Resource {
  readonly environmentId: string;
  readonly name: string;
  /** What `aud` says and what a `resource` parameter names (RFC 8707 §2). */
  readonly audience: string;
  readonly scopes: readonly ResourceScope[];
  /** Seconds; undefined takes the environment's. */
  readonly accessTokenLifetime?: number;
  /** `opaque` tokens say nothing by themselves; the resource asks the introspection endpoint. */
  readonly accessTokenFormat: 'jwt' | 'opaque';
  /** Undefined takes the environment's. */
  readonly accessTokenAlgorithm?: SigningAlgorithm;
  /** Keyed hashes of what the resource proves itself with at the introspection endpoint, under its name. */
  readonly introspectionSecretHashes: readonly string[];
  /** Who may act for the subject of a token for this resource (RFC 8693 §4.4). */
  readonly mayAct?: MayAct;
}

/** By name, by client, or both. */
export interface MayAct {
  readonly sub?: string;
  readonly client_id?: string;
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

  byName(name: string): Resource | undefined {
    return this.resources.find((resource) => resource.name === name);
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
