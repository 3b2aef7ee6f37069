import type { Client, ConfiguredUser, Environment, EnvironmentConfig, Resource } from '@grantway/domain';
import { type Statement, statement } from '../../database/statement.js';
import { usernameKey } from '../../directory/local-user-directory.js';

/**
 * Configuration as its tables hold it. The property names are those of Prisma's models, so what is compared here is what is
 * written there.
 */
export interface StoredConfig {
  readonly environment: EnvironmentRow | undefined;
  /** All of the environment. */
  readonly clients: readonly (ClientRow & { readonly origin: Origin })[];
  readonly resources: readonly (ResourceRow & { readonly origin: Origin })[];
  /** Those the file names, by id or by name, and those with the id of a client. */
  readonly users: readonly (UserRow & { readonly passwordHash: string | null })[];
}

/** Who owns a row: a file that stops naming its own removes it; what came through the API stays. */
export type Origin = 'file' | 'api';

export type EnvironmentRow = ReturnType<typeof environmentRow>;
export type ClientRow = ReturnType<typeof clientRow>;
export type ResourceRow = ReturnType<typeof resourceRow>;
export type UserRow = ReturnType<typeof userRow>;

export function environmentRow({
  id,
  name,
  enabled,
  grantTypes,
  pkce,
  signing,
  lifetimes,
  passwordChangeEndsRefresh,
}: Environment) {
  return {
    id,
    name,
    enabled,
    grantTypes: [...grantTypes],
    pkce: pkce as string,
    signing: json(signing),
    lifetimes: json(lifetimes),
    passwordChangeEndsRefresh,
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
  };
}

export function resourceRow({ name, audience, scopes, accessTokenLifetime }: Resource) {
  return { name, audience, scopes: json(scopes), accessTokenLifetime: accessTokenLifetime ?? null };
}

export function userRow({
  id,
  username,
  status,
  claims,
}: Pick<ConfiguredUser, 'id' | 'username' | 'status' | 'claims'>) {
  return { id, username, usernameKey: usernameKey(username), status: status as string, claims: json(claims) };
}

const ENVIRONMENT = statement(
  'config_environment',
  `
  SELECT id, name, enabled, grant_types AS "grantTypes", pkce, signing, lifetimes,
         password_change_ends_refresh AS "passwordChangeEndsRefresh"
  FROM environment
  WHERE id = $1`,
);

const CLIENTS = statement(
  'config_clients',
  `
  SELECT id, name, enabled, auth_method AS "authMethod", secret_hashes AS "secretHashes", grant_types AS "grantTypes",
         response_types AS "responseTypes", redirect_uris AS "redirectUris", allowed_origins AS "allowedOrigins", scopes,
         default_scopes AS "defaultScopes", trusted, pkce_required AS "pkceRequired", refresh,
         access_token_lifetime AS "accessTokenLifetime", multiple_resources AS "multipleResources", legacy, origin
  FROM client
  WHERE environment_id = $1`,
);

const RESOURCES = statement(
  'config_resources',
  `
  SELECT name, audience, scopes, access_token_lifetime AS "accessTokenLifetime", origin
  FROM resource
  WHERE environment_id = $1`,
);

const USERS = statement(
  'config_users',
  `
  SELECT id, username, username_key AS "usernameKey", status, claims, password_hash AS "passwordHash"
  FROM directory_user
  WHERE environment_id = $1 AND (id = ANY ($2::text[]) OR username_key = ANY ($3::text[]))`,
);

/** Runs a statement, in a transaction or without one. */
export type Read = <Row extends object>(statement: Statement, values: readonly unknown[]) => Promise<Row[]>;

export async function readStored(
  read: Read,
  { environment, clients, users }: EnvironmentConfig,
): Promise<StoredConfig> {
  const ids = [...users, ...clients].map(({ id }) => id);
  const names = users.map(({ username }) => usernameKey(username));
  return {
    environment: (await read<EnvironmentRow>(ENVIRONMENT, [environment.id]))[0],
    clients: await read(CLIENTS, [environment.id]),
    resources: await read(RESOURCES, [environment.id]),
    users: await read(USERS, [environment.id, ids, names]),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: what Prisma takes for a JSON column has no name that could be written here
type Json = any;

/** As a JSON column gives it back: without undefined properties, so that what is equal compares as equal. */
function json(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}
