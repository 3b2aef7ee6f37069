import { nameKey } from '@grantway/domain';
import { OIDC_SCOPES } from '@grantway/protocol';
import { Path, pathText, quoted } from '../file-problem.js';
import { FileEntry } from '../sections/file.section.js';
import { Draft } from '../shape/shape.js';
import { Check, entries } from './check.js';

/** Something that may be there once only: where it stands and how it is compared. */
interface Name {
  readonly path: Path;
  readonly shown: string;
  readonly key: string;
}

type Named = (file: Draft<FileEntry>) => Name[];

const named = (path: Path, value: string | undefined, key = value): Name[] =>
  value === undefined || key === undefined ? [] : [{ path, shown: value, key }];

const clientIds: Named = ({ clients }) =>
  entries(clients).flatMap(([index, { id }]) => named(['clients', index, 'id'], id));

const userIds: Named = ({ users }) => entries(users).flatMap(([index, { id }]) => named(['users', index, 'id'], id));

/** The directory compares names as NFKC in lower case, so that two spellings of one name are one user. */
const usernames: Named = ({ users }) =>
  entries(users).flatMap(([index, { username }]) =>
    named(['users', index, 'username'], username, username && nameKey(username)),
  );

const resourceNames: Named = ({ resources }) =>
  entries(resources).flatMap(([index, { name }]) => named(['resources', index, 'name'], name));

const audiences: Named = ({ resources }) =>
  entries(resources).flatMap(([index, { audience, name }]) =>
    audience === undefined
      ? named(['resources', index, 'name'], name)
      : named(['resources', index, 'audience'], audience),
  );

const scopeNames: Named = ({ resources }) =>
  entries(resources).flatMap(([index, { scopes }]) =>
    entries(scopes).flatMap(([at, { name }]) => named(['resources', index, 'scopes', at, 'name'], name)),
  );

const serviceAccountIds: Named = ({ serviceAccounts }) =>
  entries(serviceAccounts).flatMap(([index, { id }]) => named(['serviceAccounts', index, 'id'], id));

/** D10: a path id resolves one client. */
const devicePaths: Named = ({ clients }) =>
  entries(clients).flatMap(([index, { device }]) => named(['clients', index, 'device', 'pathId'], device?.pathId));

/** What must differ from each other. Client and user ids share one space: a `sub` must never be ambiguous (TX-03). */
const ONCE: readonly { readonly what: string; readonly among: readonly Named[] }[] = [
  { what: 'id', among: [clientIds, userIds] },
  { what: 'username', among: [usernames] },
  { what: 'resource name', among: [resourceNames] },
  { what: 'audience', among: [audiences] },
  { what: 'scope', among: [scopeNames] },
  { what: 'service account', among: [serviceAccountIds] },
  { what: 'device path', among: [devicePaths] },
];

/**
 * House rule: a `resource` parameter, an `aud` and whoever introspects name one thing; no client passes for a resource, nor one
 * resource for another.
 */
export const checkResourceWords: Check = (file, reading) => {
  const clients = clientIds(file);
  const tell = (what: string, { path, key }: Name, among: readonly Name[]): void => {
    const owner = among.find((other) => other.key === key);
    if (owner) reading.fail(path, `the ${what} is taken by ${pathText(owner.path)}, ${reading.lineOf(owner.path)}`);
  };
  const names = resourceNames(file);
  for (const name of names) tell(`resource name ${quoted(name.shown)}`, name, clients);
  for (const audience of audiences(file).filter(({ path }) => path.at(-1) === 'audience')) {
    const others = names.filter(({ path }) => path[1] !== audience.path[1]);
    tell('audience', audience, others);
  }
};

export const checkUniqueness: Check = (file, reading) => {
  for (const { what, among } of ONCE) {
    const first = new Map<string, Name>();
    for (const name of among.flatMap((names) => names(file))) {
      const earlier = first.get(name.key);
      if (earlier === undefined) first.set(name.key, name);
      // A repeated name that doubles as the audience is told once, as a name.
      else if (what !== 'audience' || name.path.at(-1) === 'audience') {
        const where = `${pathText(earlier.path)}, ${reading.lineOf(earlier.path)}`;
        // What a variable was replaced by is never shown.
        const shown = what === 'audience' ? what : `${what} ${quoted(name.shown)}`;
        reading.fail(name.path, `the ${shown} is taken by ${where}`);
      }
    }
  }
};

/** OpenID Connect's own scopes belong to no resource. */
export const checkOidcScopes: Check = (file, reading) => {
  for (const { path, shown } of scopeNames(file)) {
    if ((OIDC_SCOPES as readonly string[]).includes(shown)) {
      reading.fail(path, `${quoted(shown)} is OpenID Connect's own and is there without a resource`);
    }
  }
};
