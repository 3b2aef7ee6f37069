import {
  Client,
  ConfiguredUser,
  DEFAULT_LIFETIMES,
  Environment,
  EnvironmentConfig,
  NO_LEGACY,
  Resource,
} from '@grantway/domain';
import { GrantType } from '@grantway/protocol';
import { v5 as uuidv5 } from 'uuid';
import { ClientEntry } from './sections/client.section.js';
import { DEFAULT_CLIENT_GRANT_TYPES, DEFAULT_GRANT_TYPES, FileEntry } from './sections/file.section.js';
import { ResourceEntry } from './sections/resource.section.js';
import { UserEntry } from './sections/user.section.js';

/** How client secrets are kept; the same secret always gives the same hash, so applying twice changes nothing. */
export interface SecretHasher {
  hash(secret: string): string;
  /** @param digest the SHA-256 of a secret, base64url */
  wrapSha256(digest: string): string;
}

/** Namespace of the ids of users whose file gives none (RFC 9562 §5.5). */
const USER_NAMESPACE = '5f0c2b2e-0d3b-4c53-9a3c-6d3f5e7a9b11';

/** What a file without problems means, defaults filled in. */
export function toConfig(file: FileEntry, hasher: SecretHasher): EnvironmentConfig {
  return {
    environment: toEnvironment(file),
    resources: (file.resources ?? []).map((entry) => toResource(file.environment, entry)),
    clients: (file.clients ?? []).map((entry) => toClient(file.environment, entry, hasher)),
    users: (file.users ?? []).map((entry) => toUser(file.environment, entry)),
  };
}

function toEnvironment(file: FileEntry): Environment {
  return {
    id: file.environment,
    name: file.name ?? file.environment,
    enabled: file.enabled ?? true,
    grantTypes: file.grantTypes ?? DEFAULT_GRANT_TYPES,
    pkce: file.pkce ?? 'public',
    signing: { idToken: 'RS256', accessToken: 'ES256', ...file.signing },
    lifetimes: { ...DEFAULT_LIFETIMES, ...file.lifetimes },
    passwordChangeEndsRefresh: file.passwordChangeEndsRefresh ?? true,
  };
}

function toResource(environmentId: string, { name, audience, accessTokenLifetime, scopes }: ResourceEntry): Resource {
  return {
    environmentId,
    name,
    audience: audience ?? name,
    scopes: scopes.map((scope) => ({ description: scope.name, userOnly: false, ...scope })),
    ...(accessTokenLifetime !== undefined && { accessTokenLifetime }),
  };
}

function toClient(environmentId: string, entry: ClientEntry, hasher: SecretHasher): Client {
  const { id, auth, grantTypes = DEFAULT_CLIENT_GRANT_TYPES, accessTokenLifetime } = entry;
  return {
    environmentId,
    id,
    name: entry.name ?? id,
    enabled: entry.enabled ?? true,
    authMethod: auth,
    secretHashes: secretHashes(entry, hasher),
    grantTypes,
    responseTypes: entry.responseTypes ?? (grantTypes.includes(GrantType.AuthorizationCode) ? ['code'] : []),
    redirectUris: entry.redirectUris ?? [],
    allowedOrigins: entry.allowedOrigins ?? [],
    scopes: entry.scopes ?? [],
    defaultScopes: entry.defaultScopes ?? [],
    trusted: entry.trusted ?? false,
    pkceRequired: entry.pkce === 'required',
    refresh: { onReuse: 'revoke_family', withoutOfflineAccess: false, ...entry.refresh },
    multipleResources: entry.multipleResources ?? false,
    legacy: { ...NO_LEGACY, ...entry.legacy },
    ...(accessTokenLifetime !== undefined && { accessTokenLifetime }),
  };
}

function secretHashes({ secret, secrets, secretHash }: ClientEntry, hasher: SecretHasher): string[] {
  if (secretHash !== undefined) return [hasher.wrapSha256(secretHash.slice('sha256:'.length))];
  return [...(secret === undefined ? [] : [secret]), ...(secrets ?? [])].map((plain) => hasher.hash(plain));
}

function toUser(
  environmentId: string,
  { id, username, password, passwordHash, status, claims }: UserEntry,
): ConfiguredUser {
  const key = username.normalize('NFKC').toLowerCase();
  return {
    id: id ?? uuidv5(`${environmentId}/${key}`, USER_NAMESPACE),
    username,
    status: status ?? 'active',
    claims: claims ?? {},
    ...(password !== undefined && { password: { plain: password } }),
    ...(passwordHash !== undefined && { password: { hash: passwordHash } }),
  };
}
