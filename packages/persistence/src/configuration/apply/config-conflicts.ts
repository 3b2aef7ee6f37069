import { type ConfiguredPassword, type EnvironmentConfig, serviceAccountId } from '@grantway/domain';
import { isPasswordHash } from '../../directory/passwords.js';
import { type StoredConfig, type UserRow, userRow } from './config-rows.js';

/** Why this configuration may not be written beside what is stored; one sentence each. */
export function conflictsOf(config: EnvironmentConfig, stored: StoredConfig): string[] {
  const { clients, resources, users, serviceAccounts } = config;
  // What the API wrote stays, so it counts; what an earlier version of the file wrote is replaced by this one.
  const apiClients = stored.clients.filter(({ origin }) => origin === 'api');
  const apiResources = stored.resources.filter(({ origin }) => origin === 'api');

  const clientIds = clients.map(({ id }) => id);
  const apiClientIds = apiClients.map(({ id }) => id);
  const userIds = users.map(({ id }) => id);
  const accountIds = serviceAccounts.map(({ id }) => id);
  const resourceNames = resources.map(({ name }) => name);
  const everyResource = [...resources, ...apiResources];
  const resourceWords = new Set(everyResource.flatMap(({ name, audience }) => [name, audience]));
  const people = [...users.map(userRow), ...stored.users.filter(({ id }) => !userIds.includes(id))];
  const subjects = new Set([...userIds, ...stored.users.map(({ id }) => id)]);

  return [
    ...repeated(clientIds).map((id) => `client ${id} is there twice`),
    ...repeated(userIds).map((id) => `user ${id} is there twice`),
    ...repeated(accountIds).map((id) => `service account ${id} is there twice`),
    ...repeated(resourceNames).map((name) => `resource ${name} is there twice`),
    ...ownedByApi('client', clientIds, apiClientIds),
    ...ownedByApi(
      'resource',
      resourceNames,
      apiResources.map(({ name }) => name),
    ),
    ...ownedByApi(
      'service account',
      accountIds,
      stored.serviceAccounts.filter(({ origin }) => origin === 'api').map(({ id }) => id),
    ),
    // D10: a path id resolves one client.
    ...repeated([...clients, ...apiClients].flatMap(({ device }) => pathIdOf(device))).map(
      (pathId) => `device path id ${pathId} belongs to more than one client`,
    ),
    ...repeated(everyResource.map(({ audience }) => audience)).map(
      (audience) => `audience ${audience} belongs to more than one resource`,
    ),
    // A token's `aud` and a `resource` parameter must name one thing, so that no client passes for a resource.
    ...[...new Set([...clientIds, ...apiClientIds])]
      .filter((id) => resourceWords.has(id))
      .map((id) => `${id} is the id of a client and a resource's name or audience`),
    ...everyResource
      .filter(({ name, audience }) => everyResource.some((other) => other.name !== name && other.name === audience))
      .map(({ name, audience }) => `audience ${audience} of resource ${name} is the name of another resource`),
    ...repeated(people.map(({ usernameKey }) => usernameKey)).map(
      (name) => `username ${name} belongs to more than one user`,
    ),
    ...namedAsAddress(people).map(({ usernameKey }) => `username ${usernameKey} is another user's e-mail address`),
    // TX-03: a token's `sub` must never be ambiguous.
    ...[...new Set([...clientIds, ...apiClientIds])]
      .filter((id) => subjects.has(id))
      .map((id) => `${id} is the id of a client and of a user`),
    ...[...clientIds, ...userIds]
      .filter((id) => serviceAccountId(id) !== undefined)
      .map((id) => `${id} is how service accounts are named, no client and no user`),
    ...users.flatMap(({ id, password, userCode }) => [
      ...(isBadHash(password) ? [`the password hash of user ${id} is not argon2id`] : []),
      ...(isBadHash(userCode) ? [`the user code hash of user ${id} is not argon2id`] : []),
    ]),
  ];
}

/** CVE-2024-1722: whoever has that address would be as good as them. */
function namedAsAddress(people: readonly UserRow[]): UserRow[] {
  const byAddress = new Map<string | null, Set<string>>();
  for (const { id, emailKey } of people) byAddress.set(emailKey, (byAddress.get(emailKey) ?? new Set()).add(id));
  return people.filter(({ id, usernameKey }) => [...(byAddress.get(usernameKey) ?? [])].some((owner) => owner !== id));
}

function pathIdOf({ pathId }: { readonly pathId?: string }): string[] {
  return pathId === undefined ? [] : [pathId];
}

function isBadHash(password: ConfiguredPassword | undefined): boolean {
  return password !== undefined && 'hash' in password && !isPasswordHash(password.hash);
}

function ownedByApi(kind: string, ours: readonly string[], theirs: readonly string[]): string[] {
  const taken = new Set(theirs);
  return ours.filter((id) => taken.has(id)).map((id) => `${kind} ${id} was registered through the API`);
}

function repeated(values: readonly string[]): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const value of values) (seen.has(value) ? twice : seen).add(value);
  return [...twice];
}
