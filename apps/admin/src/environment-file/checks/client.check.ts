import { isOidcScope, redirectUriFault } from '@grantway/domain';
import { ClientAuthMethod, GrantType } from '@grantway/protocol';
import { FileReading } from '../file-reading.js';
import { Path, quoted } from '../file-problem.js';
import { ClientEntry } from '../sections/client.section.js';
import { DEFAULT_GRANT_TYPES, FileEntry } from '../sections/file.section.js';
import { Draft } from '../shape/shape.js';
import { didYouMean } from '../suggestion.js';
import { Check, entries, texts } from './check.js';

type Client = Draft<ClientEntry>;
type ClientCheck = (client: Client, path: Path, file: Draft<FileEntry>, reading: FileReading) => void;

/** What a client's keys must have to do with each other and with the environment. */
export const clientsAgree: Check = (file, reading) => {
  for (const [index, client] of entries(file.clients)) {
    for (const check of CHECKS) check(client, ['clients', index], file, reading);
  }
};

const secrets: ClientCheck = (client, path, _file, reading) => {
  const given = (['secret', 'secrets', 'secretHash'] as const).filter((key) => reading.source.has([...path, key]));
  if (client.auth === undefined) return;
  const [first, second] = given;
  if (client.auth === ClientAuthMethod.None) {
    if (first) reading.fail([...path, first], 'a public client (auth: none) has no secret', 'key');
  } else if (!first) reading.fail(path, `auth ${client.auth} needs a secret, secrets or secretHash`);
  else if (second) reading.fail([...path, second], `stands beside ${first}: give one of them`, 'key');
};

const grants: ClientCheck = (client, path, file, reading) => {
  const enabled = texts(file.grantTypes ?? DEFAULT_GRANT_TYPES);
  for (const [index, type] of entries(client.grantTypes)) {
    if (!enabled.includes(type)) {
      reading.fail([...path, 'grantTypes', index], `${type} is not switched on in this environment's grantTypes`);
    }
    // C1: who asks for itself must be able to prove who it is.
    if (type === GrantType.ClientCredentials && client.auth === ClientAuthMethod.None) {
      reading.fail([...path, 'grantTypes', index], 'a public client (auth: none) cannot use client_credentials');
    }
  }
};

const redirects: ClientCheck = (client, path, _file, reading) => {
  const { plainPkce = false, redirectWildcard = false, redirectExtraQuery = false } = client.legacy ?? {};
  const legacy = { plainPkce, redirectWildcard, redirectExtraQuery };
  for (const [index, uri] of entries(client.redirectUris)) {
    const fault = redirectUriFault(uri, legacy);
    if (fault) reading.fail([...path, 'redirectUris', index], `${quoted(uri)} ${fault}`);
  }
  const usesCode = texts(client.grantTypes).includes(GrantType.AuthorizationCode);
  if (usesCode && !reading.source.has([...path, 'redirectUris'])) {
    reading.fail(path, 'authorization_code needs redirectUris');
  }
  const asksForCode = texts(client.responseTypes).includes('code');
  if (asksForCode && !usesCode) reading.fail([...path, 'responseTypes'], 'code needs the grant type authorization_code');
};

const scopes: ClientCheck = (client, path, file, reading) => {
  const resourceScopes = entries(file.resources).flatMap(([, resource]) => entries(resource.scopes).map(([, scope]) => scope));
  const known = resourceScopes.flatMap(({ name }) => (name === undefined ? [] : [name]));
  for (const [index, name] of entries(client.scopes)) {
    if (!isOidcScope(name) && !known.includes(name)) {
      reading.fail([...path, 'scopes', index], `no resource has the scope ${quoted(name)}${didYouMean(name, known)}`);
    }
  }
  const registered = texts(client.scopes);
  for (const [index, name] of entries(client.defaultScopes)) {
    if (!registered.includes(name)) reading.fail([...path, 'defaultScopes', index], `${quoted(name)} is not one of the client's scopes`);
  }
  // C2: a default it could never be granted would make every plain request fail.
  const types = texts(client.grantTypes);
  const onlyItself = types.length === 1 && types[0] === GrantType.ClientCredentials;
  for (const [index, name] of entries(onlyItself ? client.defaultScopes : [])) {
    const needsUser = isOidcScope(name) || resourceScopes.some((scope) => scope.name === name && scope.userOnly);
    if (needsUser) reading.fail([...path, 'defaultScopes', index], `${quoted(name)} needs a user, and client_credentials has none`);
  }
};

const refresh: ClientCheck = ({ refresh: rules }, path, _file, reading) => {
  const { idle, absolute } = rules ?? {};
  if (idle !== undefined && absolute !== undefined && idle > absolute) {
    reading.fail([...path, 'refresh', 'idle'], `idle (${idle}) is longer than absolute (${absolute})`);
  }
};

const CHECKS: readonly ClientCheck[] = [secrets, grants, redirects, scopes, refresh];
