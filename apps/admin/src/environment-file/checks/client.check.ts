import { NO_LEGACY, redirectUriFault } from '@grantway/domain';
import { ClientAuthMethod, GrantType } from '@grantway/protocol';
import { quoted } from '../file-problem.js';
import { ClientEntry } from '../sections/client.section.js';
import { DEFAULT_CLIENT_GRANT_TYPES, DEFAULT_GRANT_TYPES } from '../sections/file.section.js';
import { Draft } from '../shape/shape.js';
import { Check, entries } from './check.js';
import { ScopeIndex } from './scope-index.js';

type Fault = readonly [path: readonly (string | number)[], message: string];
type Key = keyof ClientEntry;

interface Question {
  readonly client: Draft<ClientEntry>;
  /** The file has this key for the client, readable or not. */
  readonly has: (key: Key) => boolean;
  readonly grantTypes: readonly string[];
  readonly environmentGrantTypes: readonly string[] | undefined;
  readonly scopes: ScopeIndex;
}

/** One rule: what is wrong with one client, relative to it. */
type Rule = (question: Question) => Iterable<Fault>;

const SECRET_KEYS = ['secret', 'secrets', 'secretHash'] as const satisfies readonly Key[];

/** RFC 6749 §2.1: a public client cannot keep a secret, a confidential one needs exactly one way to prove itself. */
function* oneKindOfSecret({ client, has }: Question): Iterable<Fault> {
  const given = SECRET_KEYS.filter(has);
  if (client.auth === undefined) return;
  if (client.auth === ClientAuthMethod.None) {
    for (const key of given) yield [[key], 'a public client (auth: none) has no secret'];
  } else if (given.length === 0) {
    yield [[], `a client with auth: ${client.auth} needs one of ${SECRET_KEYS.join(', ')}`];
  } else {
    for (const key of given.slice(1)) yield [[key], `is one too many beside ${given[0]}`];
  }
}

function* enabledGrantTypes({ client, grantTypes, environmentGrantTypes }: Question): Iterable<Fault> {
  for (const [index, type] of grantTypes.entries()) {
    if (type === '' || environmentGrantTypes === undefined || environmentGrantTypes.includes(type)) continue;
    const where = client.grantTypes ? ['grantTypes', index] : [];
    const origin = client.grantTypes ? '' : ' (the default of grantTypes)';
    yield [
      where,
      `${quoted(type)}${origin} is not switched on for the environment: ${environmentGrantTypes.join(', ')}`,
    ];
  }
}

/** RFC 6749 §4.4: client credentials are for clients that have some. */
function* credentialsForConfidentialOnly({ client, grantTypes }: Question): Iterable<Fault> {
  const index = grantTypes.indexOf(GrantType.ClientCredentials);
  if (client.auth === ClientAuthMethod.None && index >= 0) {
    yield [['grantTypes', index], 'client_credentials is not for a public client (auth: none)'];
  }
}

function* redirectUrisWithCode({ client, has, grantTypes }: Question): Iterable<Fault> {
  if (!grantTypes.includes(GrantType.AuthorizationCode)) return;
  if (!has('redirectUris')) yield [[], 'a client with authorization_code needs redirectUris'];
  else if (client.redirectUris?.length === 0) yield [['redirectUris'], 'needs at least one, for authorization_code'];
}

function* responseTypesWithCode({ client, grantTypes }: Question): Iterable<Fault> {
  if (client.responseTypes === undefined) return;
  const asks = client.responseTypes.length > 0;
  const may = grantTypes.includes(GrantType.AuthorizationCode);
  if (asks && !may) yield [['responseTypes'], 'needs the grant type authorization_code'];
  if (!asks && may) yield [['responseTypes'], 'needs "code", for authorization_code'];
}

/** AZ-04: refused here, so that the authorization endpoint never meets one. */
function* soundRedirectUris({ client }: Question): Iterable<Fault> {
  const legacy = { ...NO_LEGACY, ...dropUndefined(client.legacy) };
  for (const [index, uri] of entries(client.redirectUris)) {
    const fault = redirectUriFault(uri, legacy);
    if (fault)
      yield [
        ['redirectUris', index],
        `${fault} (allowed: https; http for localhost, 127.0.0.1 and [::1]; com.example.app:/…)`,
      ];
  }
}

function* knownScopes({ client, scopes }: Question): Iterable<Fault> {
  for (const key of ['scopes', 'defaultScopes'] as const) {
    for (const [index, name] of entries(client[key])) {
      const fault = scopes.fault(name);
      if (fault) yield [[key, index], `${quoted(name)} ${fault}`];
    }
  }
}

/** C3: what a client credentials request gets that names no scope, so it must be able to get it (C2, X9). */
function* grantableDefaultScopes({ client, has, scopes }: Question): Iterable<Fault> {
  const names = entries(client.defaultScopes);
  const registered = has('scopes') ? client.scopes : [];
  for (const [index, name] of names) {
    if (scopes.fault(name)) continue;
    if (scopes.needsUser(name))
      yield [['defaultScopes', index], `${quoted(name)} needs a signed-on user, and a default has none`];
    else if (registered && !registered.includes(name))
      yield [['defaultScopes', index], `${quoted(name)} is not among the client's scopes`];
  }
  if (client.multipleResources !== true && scopes.span(names.map(([, name]) => name)) > 1) {
    yield [['defaultScopes'], 'belong to several resources, which needs multipleResources: true'];
  }
}

const RULES: readonly Rule[] = [
  oneKindOfSecret,
  enabledGrantTypes,
  credentialsForConfidentialOnly,
  redirectUrisWithCode,
  responseTypesWithCode,
  soundRedirectUris,
  knownScopes,
  grantableDefaultScopes,
];

export const checkClients: Check = (file, reading) => {
  const scopes = new ScopeIndex(file, reading.has(['resources']));
  const environmentGrantTypes = reading.has(['grantTypes']) ? readable(file.grantTypes) : DEFAULT_GRANT_TYPES;
  for (const [index, client] of entries(file.clients)) {
    const has = (key: Key) => reading.has(['clients', index, key]);
    const grantTypes = (has('grantTypes') ? client.grantTypes : DEFAULT_CLIENT_GRANT_TYPES) ?? [];
    // A hole keeps its place, so that what follows it is reported where it stands.
    const question = { client, has, grantTypes: grantTypes.map((type) => type ?? ''), environmentGrantTypes, scopes };
    for (const [path, message] of RULES.flatMap((rule) => [...rule(question)])) {
      reading.fail(['clients', index, ...path], message);
    }
  }
};

/** A list without holes, or undefined: one that could not be read whole is no ground to refuse others. */
function readable(list: readonly (string | undefined)[] | undefined): readonly string[] | undefined {
  return list?.every((element) => element !== undefined) ? (list as readonly string[]) : undefined;
}

function dropUndefined<T extends object>(values: T | undefined): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values ?? {}).filter(([, value]) => value !== undefined)) as never;
}
