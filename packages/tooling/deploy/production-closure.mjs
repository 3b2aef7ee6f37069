import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { SetupError } from '../setup/say.mjs';
import { workspaces } from '../setup/workspaces.mjs';

/** What production never asks for, though packages name it as a dependency: types are for the compiler alone. */
const FOR_THE_COMPILER = /^@types\//;

/**
 * Everything that one app needs to run: rooms of this repository and packages of others, each where Node finds it from whoever asks.
 * Read from the manifests on the disk, so it needs neither npm nor a network.
 *
 * @param root the repository, installed and built
 * @param app the folder below apps/
 * @returns paths below root: `rooms` (`apps/token`, `packages/domain`) and `packages` (`node_modules/pg`)
 * @throws SetupError when there is no such app, or something it needs is not installed
 */
export function productionClosure(root, app) {
  const homes = new Map(workspaces(root).map((room) => [manifestOf(room).name, relative(root, room)]));
  const start = join('apps', app);
  if (![...homes.values()].includes(start)) throw new SetupError(`There is no app "${app}" below apps/.`);
  const rooms = new Set([start]);
  const packages = new Set();
  const waiting = [start];
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    for (const { name, isOptional } of neededBy(join(root, place))) {
      const room = homes.get(name);
      const found = room ?? find(root, place, name);
      if (found === undefined) {
        if (isOptional) continue; // For another platform.
        throw new SetupError(`${place} needs ${name}, which is not installed: npm install`);
      }
      const known = room === undefined ? packages : rooms;
      if (known.has(found)) continue;
      known.add(found);
      waiting.push(found);
    }
  }
  return { rooms: [...rooms].sort(), packages: [...packages].sort() };
}

/** Optional peers are left out: whoever really uses one names it itself. */
function neededBy(directory) {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta = {} } = manifestOf(directory);
  const isRequiredPeer = (name) => !peerDependenciesMeta[name]?.optional;
  const optional = Object.keys(optionalDependencies ?? {});
  return [
    ...Object.keys(dependencies ?? {}),
    ...Object.keys(peerDependencies ?? {}).filter(isRequiredPeer),
    ...optional,
  ]
    .filter((name) => !FOR_THE_COMPILER.test(name))
    .map((name) => ({ name, isOptional: optional.includes(name) }));
}

/** As Node looks: beside whoever asks, then upwards. */
function find(root, place, name) {
  for (let at = place; ; at = dirname(at)) {
    const candidate = join(at, 'node_modules', name);
    if (existsSync(join(root, candidate, 'package.json'))) return candidate;
    if (at === '.') return undefined;
  }
}

function manifestOf(directory) {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
}
