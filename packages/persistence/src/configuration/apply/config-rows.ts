import {
  type Client,
  type ConfiguredUser,
  type Environment,
  type EnvironmentConfig,
  nameKey,
  type Resource,
  type ServiceAccountSettings,
} from '@grantway/domain';
import { type Statement, statement } from '../../database/statement.js';

/**
 * Configuration as its tables hold it. The property names are those of Prisma's models, so what is compared here is what is
 * written there.
 */
export interface StoredConfig {
  readonly environment: EnvironmentRow | undefined;
  /** All of the environment. */
  readonly clients: readonly (ClientRow & { readonly origin: Origin })[];
  readonly resources: readonly (ResourceRow & { readonly origin: Origin })[];
  /** Those the file names, by id, name or address, and those with the id of a client. */
  readonly users: readonly StoredUser[];
  /** All of the environment. */
  readonly serviceAccounts: readonly (ServiceAccountRow & { readonly origin: Origin })[];
}

export interface StoredUser extends UserRow {
  readonly mustChangePassword: boolean;
  readonly passwordHash: string | null;
  readonly userCodeHash: string | null;
}

/** Who owns a row: a file that stops naming its own removes it; what came through the API stays. */
export type Origin = 'file' | 'api';

export type EnvironmentRow = ReturnType<typeof environmentRow>;
export type ClientRow = ReturnType<typeof clientRow>;
export type ResourceRow = ReturnType<typeof resourceRow>;
export type UserRow = ReturnType<typeof userRow>;
export type ServiceAccountRow = ReturnType<typeof serviceAccountRow>;

export function environmentRow(environment: Environment) {
  return {
    id: environment.id,
    name: environment.name,
    enabled: environment.enabled,
    grantTypes: [...environment.grantTypes],
    pkce: environment.pkce as string,
    signing: json(environment.signing),
    lifetimes: json(environment.lifetimes),
    passwordChangeEndsRefresh: environment.passwordChangeEndsRefresh,
    par: environment.par as string,
    outbound: json(environment.outbound),
    userCode: json(environment.userCode),
    accounts: json(environment.accounts),
  };
}

export function clientRow(client: Client) {
  return {
    id: client.id,
    name: client.name,
    enabled: client.enabled,
    authMethod: client.authMethod as string,
    secretHashes: [...client.secretHashes],
    grantTypes: [...client.grantTypes],
    responseTypes: [...client.responseTypes],
    redirectUris: [...client.redirectUris],
    allowedOrigins: [...client.allowedOrigins],
    scopes: [...client.scopes],
    defaultScopes: [...client.defaultScopes],
    trusted: client.trusted,
    pkceRequired: client.pkceRequired,
    refresh: json(client.refresh),
    accessTokenLifetime: client.accessTokenLifetime ?? null,
    multipleResources: client.multipleResources,
    legacy: json(client.legacy),
    postLogoutRedirectUris: [...client.postLogoutRedirectUris],
    keys: json(client.keys ?? null),
    sealedSecret: client.sealedSecret ?? null,
    par: json(client.par),
    requestObjects: client.requestObjects as string,
    device: json(client.device),
    backchannel: json(client.backchannel),
    exchange: json(client.exchange),
  };
}

export function resourceRow(resource: Resource) {
  return {
    name: resource.name,
    audience: resource.audience,
    scopes: json(resource.scopes),
    accessTokenLifetime: resource.accessTokenLifetime ?? null,
    accessTokenFormat: resource.accessTokenFormat as string,
    accessTokenAlgorithm: (resource.accessTokenAlgorithm ?? null) as string | null,
    introspectionSecretHashes: [...resource.introspectionSecretHashes],
    mayAct: json(resource.mayAct ?? null),
  };
}

export function userRow({
  id,
  username,
  status,
  claims,
}: Pick<ConfiguredUser, 'id' | 'username' | 'status' | 'claims'>) {
  const { email } = claims;
  return {
    ...{ id, username, usernameKey: nameKey(username), emailKey: typeof email === 'string' ? nameKey(email) : null },
    ...{ status: status as string, claims: json(claims) },
  };
}

export function serviceAccountRow(account: ServiceAccountSettings) {
  return {
    id: account.id,
    name: account.name,
    description: account.description ?? null,
    enabled: account.enabled,
    clientId: account.clientId,
    scopes: [...account.scopes],
    bindings: [...account.bindings],
  };
}

const ENVIRONMENT = statement(
  'config_environment',
  `
  SELECT id, name, enabled, grant_types AS "grantTypes", pkce, signing, lifetimes,
         password_change_ends_refresh AS "passwordChangeEndsRefresh", par, outbound, user_code AS "userCode", accounts
  FROM environment
  WHERE id = $1`,
);

const CLIENTS = statement(
  'config_clients',
  `
  SELECT id, name, enabled, auth_method AS "authMethod", secret_hashes AS "secretHashes", grant_types AS "grantTypes",
         response_types AS "responseTypes", redirect_uris AS "redirectUris", allowed_origins AS "allowedOrigins", scopes,
         default_scopes AS "defaultScopes", trusted, pkce_required AS "pkceRequired", refresh,
         access_token_lifetime AS "accessTokenLifetime", multiple_resources AS "multipleResources", legacy,
         post_logout_redirect_uris AS "postLogoutRedirectUris", keys, sealed_secret AS "sealedSecret", par,
         request_objects AS "requestObjects", device, backchannel, exchange, origin
  FROM client
  WHERE environment_id = $1`,
);

const RESOURCES = statement(
  'config_resources',
  `
  SELECT name, audience, scopes, access_token_lifetime AS "accessTokenLifetime",
         access_token_format AS "accessTokenFormat", access_token_algorithm AS "accessTokenAlgorithm",
         introspection_secret_hashes AS "introspectionSecretHashes", may_act AS "mayAct", origin
  FROM resource
  WHERE environment_id = $1`,
);

const USERS = statement(
  'config_users',
  `
  SELECT id, username, username_key AS "usernameKey", email_key AS "emailKey", status, claims,
         must_change_password AS "mustChangePassword", password_hash AS "passwordHash", user_code_hash AS "userCodeHash"
  FROM directory_user
  WHERE environment_id = $1
    AND (id = ANY ($2::text[]) OR username_key = ANY ($3::text[]) OR email_key = ANY ($3::text[]))`,
);

const SERVICE_ACCOUNTS = statement(
  'config_service_accounts',
  `
  SELECT id, name, description, enabled, client_id AS "clientId", scopes, bindings, origin
  FROM service_account
  WHERE environment_id = $1`,
);

/** Runs a statement, in a transaction or without one. */
export type Read = <Row extends object>(statement: Statement, values: readonly unknown[]) => Promise<Row[]>;

export async function readStored(
  read: Read,
  { environment, clients, users }: EnvironmentConfig,
): Promise<StoredConfig> {
  const ids = [...users, ...clients].map(({ id }) => id);
  const names = users.map(userRow).flatMap(({ usernameKey, emailKey }) => [usernameKey, emailKey ?? usernameKey]);
  return {
    environment: (await read<EnvironmentRow>(ENVIRONMENT, [environment.id]))[0],
    clients: await read(CLIENTS, [environment.id]),
    resources: await read(RESOURCES, [environment.id]),
    users: await read(USERS, [environment.id, ids, names]),
    serviceAccounts: await read(SERVICE_ACCOUNTS, [environment.id]),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: what Prisma takes for a JSON column has no name that could be written here
type Json = any;

/** As a JSON column gives it back: without undefined properties, so that what is equal compares as equal. */
function json(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}
