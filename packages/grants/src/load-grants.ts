import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { GrantHandler, grantOptions } from '@grantway/grant-sdk';
import type { Provider } from '@nestjs/common';
import { GRANTS } from './built-in.js';

export type GrantClass = new (...args: never[]) => GrantHandler<object>;

/** Grants, and what their constructors ask for beside the ports of `domain`. */
export interface LoadedGrants {
  readonly grants: readonly GrantClass[];
  readonly providers: readonly Provider[];
  /** Tells trouble below one of them from a bug in it. */
  isInfrastructureError(error: unknown): boolean;
}

/** A name in GRANTS that stands for no grant; the message is complete. */
export class UnknownGrant extends Error {
  override readonly name = 'UnknownGrant';
}

/**
 * The grants that a list names: built-in ones by their slug, others as ES modules whose exports carry `@Grant`; what such a grant
 * injects, its module exports as `providers`, a list of Nest's, and what tells an outage from a bug as `isInfrastructureError`.
 *
 * @param names separated by commas: `token-exchange,./grants/step-up.js,@acme/step-up-grant`. A path is relative to the working
 *   directory; a package is one that is installed beside Grantway's.
 * @throws UnknownGrant
 */
export async function loadGrants(names: string): Promise<LoadedGrants> {
  const wanted = names.split(',').map((name) => name.trim());
  const loaded = await Promise.all(wanted.filter((name) => name !== '').map(load));
  if (loaded.length === 0) throw new UnknownGrant('GRANTS names no grant');
  return {
    grants: [...new Set(loaded.flatMap(({ grants }) => grants))],
    providers: loaded.flatMap(({ providers }) => providers),
    isInfrastructureError: (error) => loaded.some((each) => each.isInfrastructureError(error)),
  };
}

async function load(name: string): Promise<LoadedGrants> {
  const builtIn = GRANTS.find((grant) => grantOptions(grant)?.slug === name);
  if (builtIn) return { grants: [builtIn], providers: [], isInfrastructureError: () => false };
  if (!/^[.@/]/.test(name)) {
    const known = GRANTS.map((grant) => grantOptions(grant)?.slug).join(', ');
    throw new UnknownGrant(`GRANTS: there is no grant "${name}"; built in are ${known}; a file begins with ./`);
  }
  const module = await moduleOf(name);
  const grants = Object.values(module).filter(isGrant);
  if (grants.length === 0) throw new UnknownGrant(`GRANTS: "${name}" exports no class with @Grant`);
  const { providers = [], isInfrastructureError = () => false } = module as Partial<LoadedGrants>;
  return { grants, providers, isInfrastructureError };
}

async function moduleOf(name: string): Promise<object> {
  try {
    return await import(name.startsWith('@') ? name : pathToFileURL(resolve(name)).href);
  } catch (error) {
    throw new UnknownGrant(`GRANTS: "${name}" could not be loaded: ${(error as Error).message}`, { cause: error });
  }
}

function isGrant(exported: unknown): exported is GrantClass {
  return typeof exported === 'function' && grantOptions(exported) !== undefined;
}
