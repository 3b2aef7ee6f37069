import { NO_LEGACY, redirectUriFault } from '@grantway/domain';
import { ClientAuthMethod, GrantType, grantsOf, isKnownResponseType } from '@grantway/protocol';
import { quoted } from '../file-problem.js';
import { DEFAULT_CLIENT_GRANT_TYPES, DEFAULT_GRANT_TYPES } from '../sections/file.section.js';
import { mayCallPrivateAddresses } from './address.js';
import { Check, entries } from './check.js';
import { ClientIndex } from './client-index.js';
import { KEY_RULES } from './client-keys.rules.js';
import { POLICY_RULES } from './client-policies.rules.js';
import { ClientKey, Fault, Question, Rule } from './client-rule.js';
import { ScopeIndex } from './scope-index.js';

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

/** Grants whose client must have proved who it is: RFC 6749 §4.4, TX-07, RFC 8693 §2.1, CIBA Core §7.1. */
const CONFIDENTIAL_ONLY: readonly string[] = [
  GrantType.ClientCredentials,
  GrantType.Password,
  GrantType.TokenExchange,
  GrantType.Ciba,
];

function* confidentialGrants({ client, grantTypes }: Question): Iterable<Fault> {
  if (client.auth !== ClientAuthMethod.None) return;
  for (const [index, type] of grantTypes.entries()) {
    if (CONFIDENTIAL_ONLY.includes(type))
      yield [['grantTypes', index], `${type} is not for a public client (auth: none)`];
  }
}

/** Answers of both go to a redirect URI. */
const REDIRECTING: readonly string[] = [GrantType.AuthorizationCode, GrantType.Implicit];

function* redirectUrisWithAnswers({ client, has, grantTypes }: Question): Iterable<Fault> {
  const type = grantTypes.find((each) => REDIRECTING.includes(each));
  if (type === undefined) return;
  if (!has('redirectUris')) yield [[], `a client with ${type} needs redirectUris`];
  else if (client.redirectUris?.length === 0) yield [['redirectUris'], `needs at least one, for ${type}`];
}

/** H1: a response type needs every grant it draws on, a grant at least one response type. */
function* responseTypesWithGrants({ client, has, grantTypes }: Question): Iterable<Fault> {
  const mayCode = grantTypes.includes(GrantType.AuthorizationCode);
  if (grantTypes.includes(GrantType.Implicit) && !mayCode && !has('responseTypes'))
    yield [[], 'a client with implicit needs responseTypes, such as "id_token"'];
  if (client.responseTypes?.length === 0 && mayCode) yield [['responseTypes'], 'needs "code", for authorization_code'];
  if (grantTypes.includes('')) return;
  for (const [index, type] of entries(client.responseTypes)) {
    const lacking = isKnownResponseType(type) ? grantsOf(type).filter((grant) => !grantTypes.includes(grant)) : [];
    if (lacking.length > 0)
      yield [['responseTypes', index], `${quoted(type)} needs the grant type ${lacking.join(' and ')}`];
  }
}

/** AZ-04: refused here, so that the authorization endpoint never meets one. */
function* soundRedirectUris({ client }: Question): Iterable<Fault> {
  // Where people go after signing off is matched to the letter, whatever the client's flags say (LO-01).
  const rules = { redirectUris: { ...NO_LEGACY, ...dropUndefined(client.legacy) }, postLogoutRedirectUris: NO_LEGACY };
  for (const key of ['redirectUris', 'postLogoutRedirectUris'] as const) {
    for (const [index, uri] of entries(client[key])) {
      const fault = redirectUriFault(uri, rules[key]);
      if (fault)
        yield [[key, index], `${fault} (allowed: https; http for localhost, 127.0.0.1 and [::1]; com.example.app:/…)`];
    }
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
  ...KEY_RULES,
  enabledGrantTypes,
  confidentialGrants,
  redirectUrisWithAnswers,
  responseTypesWithGrants,
  soundRedirectUris,
  knownScopes,
  grantableDefaultScopes,
  ...POLICY_RULES,
];

export const checkClients: Check = (file, reading) => {
  const shared = {
    scopes: new ScopeIndex(file, reading.has(['resources'])),
    clients: new ClientIndex(file, reading.has(['clients'])),
    demo: reading.demo,
    privateAddresses: mayCallPrivateAddresses(file, reading),
  };
  const environmentGrantTypes = reading.has(['grantTypes']) ? readable(file.grantTypes) : DEFAULT_GRANT_TYPES;
  for (const [index, client] of entries(file.clients)) {
    const has = (key: ClientKey, ...inner: string[]) => reading.has(['clients', index, key, ...inner]);
    const grantTypes = (has('grantTypes') ? client.grantTypes : DEFAULT_CLIENT_GRANT_TYPES) ?? [];
    // A hole keeps its place, so that what follows it is reported where it stands.
    const question = {
      ...shared,
      client,
      has,
      grantTypes: grantTypes.map((type) => type ?? ''),
      environmentGrantTypes,
    };
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
