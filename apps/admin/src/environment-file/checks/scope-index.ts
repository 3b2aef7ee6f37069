import { isOidcScope } from '@grantway/domain';
import { FileEntry } from '../sections/file.section.js';
import { Draft } from '../shape/shape.js';
import { didYouMean } from '../suggestion.js';

/** What the file says of scopes, as far as it can be read. */
export class ScopeIndex {
  readonly #owners = new Map<string, { readonly resource: number; readonly userOnly: boolean }>();
  /** Some scope could not be read, so an unknown name may be that one. */
  readonly #complete: boolean;

  constructor({ resources }: Draft<FileEntry>, resourcesPresent: boolean) {
    let complete = !resourcesPresent || resources !== undefined;
    resources?.forEach((resource, index) => {
      complete &&= resource?.scopes !== undefined;
      resource?.scopes?.forEach((scope) => {
        complete &&= scope?.name !== undefined;
        if (scope?.name !== undefined)
          this.#owners.set(scope.name, { resource: index, userOnly: scope.userOnly === true });
      });
    });
    this.#complete = complete;
  }

  /** Why a client cannot have this scope. */
  fault(name: string): string | undefined {
    if (!this.#complete || isOidcScope(name) || this.#owners.has(name)) return undefined;
    return `is no scope of OpenID Connect and of no resource in this file${didYouMean(name, [...this.#owners.keys()])}`;
  }

  needsUser(name: string): boolean {
    return isOidcScope(name) || this.#owners.get(name)?.userOnly === true;
  }

  /** How many resources these scopes belong to. */
  span(names: Iterable<string>): number {
    const owners = [...names].map((name) => this.#owners.get(name)?.resource);
    return new Set(owners.filter((owner) => owner !== undefined)).size;
  }
}
