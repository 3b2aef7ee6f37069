import type { EnvironmentConfig } from '@grantway/domain';
import { usernameKey } from '../../directory/local-user-directory.js';
import { isPasswordHash } from '../../directory/passwords.js';
import type { StoredConfig } from './config-rows.js';

/** Why this configuration may not be written beside what is stored; one sentence each. */
export function conflictsOf(config: EnvironmentConfig, stored: StoredConfig): string[] {
  const { clients, resources, users } = config;
  // What the API wrote stays, so it counts; what an earlier version of the file wrote is replaced by this one.
  const apiClients = stored.clients.filter(({ origin }) => origin === 'api');
  const apiResources = stored.resources.filter(({ origin }) => origin === 'api');

  const clientIds = clients.map(({ id }) => id);
  const apiClientIds = apiClients.map(({ id }) => id);
  const userIds = users.map(({ id }) => id);
  const resourceNames = resources.map(({ name }) => name);
  const subjects = new Set([...userIds, ...stored.users.map(({ id }) => id)]);

  return [
    ...repeated(clientIds).map((id) => `client ${id} is there twice`),
    ...repeated(userIds).map((id) => `user ${id} is there twice`),
    ...repeated(resourceNames).map((name) => `resource ${name} is there twice`),
    ...ownedByApi('client', clientIds, apiClientIds),
    ...ownedByApi(
      'resource',
      resourceNames,
      apiResources.map(({ name }) => name),
    ),
    ...repeated([...resources, ...apiResources].map(({ audience }) => audience)).map(
      (audience) => `audience ${audience} belongs to more than one resource`,
    ),
    ...repeated([
      ...users.map(({ username }) => usernameKey(username)),
      ...stored.users.filter(({ id }) => !userIds.includes(id)).map((user) => user.usernameKey),
    ]).map((name) => `username ${name} belongs to more than one user`),
    // TX-03: a token's `sub` must never be ambiguous.
    ...[...new Set([...clientIds, ...apiClientIds])]
      .filter((id) => subjects.has(id))
      .map((id) => `${id} is the id of a client and of a user`),
    ...users.flatMap(({ id, password }) =>
      password && 'hash' in password && !isPasswordHash(password.hash)
        ? [`the password hash of user ${id} is not argon2id`]
        : [],
    ),
  ];
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
