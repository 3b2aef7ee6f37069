import { Path, quoted } from '../file-problem.js';
import { Check, entries } from './check.js';

/** Names that must be one of a kind, and where each stands. */
export const uniqueNames: Check = (file, reading) => {
  const once = (what: string) => {
    const first = new Map<string, Path>();
    return (name: string | undefined, path: Path) => {
      if (name === undefined) return;
      const earlier = first.get(name);
      if (earlier) reading.fail(path, `the ${what} ${quoted(name)} is used before, on ${reading.lineOf(earlier)}`);
      else first.set(name, path);
    };
  };
  const [resources, audiences, scopes, clients] = [once('resource'), once('audience'), once('scope'), once('client id')];
  for (const [index, resource] of entries(file.resources)) {
    const path = ['resources', index];
    resources(resource.name, [...path, 'name']);
    audiences(resource.audience ?? resource.name, [...path, resource.audience === undefined ? 'name' : 'audience']);
    for (const [at, scope] of entries(resource.scopes)) scopes(scope.name, [...path, 'scopes', at, 'name']);
  }
  for (const [index, client] of entries(file.clients)) clients(client.id, ['clients', index, 'id']);
  uniqueUsers(file, reading);
};

/** TX-03: what is a `sub` of a user must not be the `sub` of a client's own token. */
const uniqueUsers: Check = (file, reading) => {
  const names = new Map<string, number>();
  const ids = new Map<string, number>();
  const clientIds = new Set(entries(file.clients).map(([, client]) => client.id));
  for (const [index, user] of entries(file.users)) {
    const key = user.username?.normalize('NFKC').toLowerCase();
    if (key !== undefined && names.has(key)) {
      reading.fail(['users', index, 'username'], `the username ${quoted(user.username ?? '')} is used before, on ${reading.lineOf(['users', names.get(key) ?? 0])}`);
    }
    if (key !== undefined) names.set(key, index);
    if (user.id === undefined) continue;
    if (ids.has(user.id)) reading.fail(['users', index, 'id'], `the user id ${quoted(user.id)} is used before, on ${reading.lineOf(['users', ids.get(user.id) ?? 0])}`);
    if (clientIds.has(user.id)) reading.fail(['users', index, 'id'], `the user id ${quoted(user.id)} is a client's id as well`);
    ids.set(user.id, index);
  }
};
