import {
  Client,
  ClientKeys,
  ConfiguredUser,
  DEFAULT_CLIENT_POLICIES,
  DEFAULT_ENVIRONMENT_POLICIES,
  DEFAULT_LIFETIMES,
  Environment,
  EnvironmentConfig,
  NO_LEGACY,
  nameKey,
  Resource,
  ServiceAccountSettings,
} from '@grantway/domain';
import { ClientAuthMethod, GrantType } from '@grantway/protocol';
import { v5 as uuidv5 } from 'uuid';
import { ClientEntry } from './sections/client.section.js';
import { DEFAULT_CLIENT_GRANT_TYPES, DEFAULT_GRANT_TYPES, FileEntry } from './sections/file.section.js';
import { ResourceEntry } from './sections/resource.section.js';
import { ServiceAccountEntry } from './sections/service-account.section.js';
import { UserEntry } from './sections/user.section.js';

/** How the secrets of clients and resources are kept. */
export interface SecretKeeper {
  /** The same secret always gives the same hash, so applying twice changes nothing. */
  hash(secret: string): string;
  /** @param digest the SHA-256 of a secret, base64url */
  wrapSha256(digest: string): string;
  /** To be read again; another text each time. @param owner environment and client */
  seal(secret: string, owner: string): string;
}

/** Namespace of the ids of users whose file gives none (RFC 9562 §5.5). */
const USER_NAMESPACE = '5f0c2b2e-0d3b-4c53-9a3c-6d3f5e7a9b11';

/** What a file without problems means, defaults filled in. */
export function toConfig(file: FileEntry, keeper: SecretKeeper): EnvironmentConfig {
  const id = file.environment;
  return {
    environment: toEnvironment(file),
    resources: (file.resources ?? []).map((entry) => toResource(id, entry, keeper)),
    clients: (file.clients ?? []).map((entry) => toClient(id, entry, keeper)),
    users: (file.users ?? []).map((entry) => toUser(id, entry)),
    serviceAccounts: (file.serviceAccounts ?? []).map((entry) => toServiceAccount(id, entry)),
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
    par: file.par ?? DEFAULT_ENVIRONMENT_POLICIES.par,
    outbound: { ...DEFAULT_ENVIRONMENT_POLICIES.outbound, ...file.outbound },
    userCode: { ...DEFAULT_ENVIRONMENT_POLICIES.userCode, ...file.userCode },
    accounts: { ...DEFAULT_ENVIRONMENT_POLICIES.accounts, ...file.accounts },
  };
}

function toResource(environmentId: string, entry: ResourceEntry, keeper: SecretKeeper): Resource {
  const { name, audience, scopes, introspectionSecret, accessTokenLifetime, accessTokenAlgorithm, mayAct } = entry;
  return {
    environmentId,
    name,
    audience: audience ?? name,
    scopes: scopes.map((scope) => ({ description: scope.name, userOnly: false, ...scope })),
    accessTokenFormat: entry.accessTokenFormat ?? 'jwt',
    introspectionSecretHashes: introspectionSecret === undefined ? [] : [keeper.hash(introspectionSecret)],
    ...(accessTokenLifetime !== undefined && { accessTokenLifetime }),
    ...(accessTokenAlgorithm !== undefined && { accessTokenAlgorithm }),
    ...(mayAct !== undefined && { mayAct }),
  };
}

function toClient(environmentId: string, entry: ClientEntry, keeper: SecretKeeper): Client {
  const { id, auth, grantTypes = DEFAULT_CLIENT_GRANT_TYPES, accessTokenLifetime } = entry;
  const signingSecret = keepsSecret(entry) ? plainSecrets(entry)[0] : undefined;
  const keys = clientKeys(entry);
  return {
    environmentId,
    id,
    name: entry.name ?? id,
    enabled: entry.enabled ?? true,
    authMethod: auth,
    secretHashes: secretHashes(entry, keeper),
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
    postLogoutRedirectUris: entry.postLogoutRedirectUris ?? [],
    par: { ...DEFAULT_CLIENT_POLICIES.par, ...entry.par },
    requestObjects: entry.requestObjects ?? DEFAULT_CLIENT_POLICIES.requestObjects,
    device: { ...DEFAULT_CLIENT_POLICIES.device, ...entry.device },
    backchannel: { ...DEFAULT_CLIENT_POLICIES.backchannel, ...entry.backchannel },
    exchange: { ...DEFAULT_CLIENT_POLICIES.exchange, ...entry.exchange },
    ...(accessTokenLifetime !== undefined && { accessTokenLifetime }),
    ...(keys !== undefined && { keys }),
    ...(signingSecret !== undefined && { sealedSecret: keeper.seal(signingSecret, `${environmentId}/${id}`) }),
  };
}

/** Whether JWTs are keyed by the client's secret, so that its hash would not do. */
export function keepsSecret({ auth, secretForSigning }: Pick<ClientEntry, 'auth' | 'secretForSigning'>): boolean {
  return auth === ClientAuthMethod.SecretJwt || secretForSigning === true;
}

function secretHashes(entry: ClientEntry, keeper: SecretKeeper): string[] {
  if (entry.secretHash !== undefined) return [keeper.wrapSha256(entry.secretHash.slice('sha256:'.length))];
  return plainSecrets(entry).map((plain) => keeper.hash(plain));
}

function plainSecrets({ secret, secrets }: ClientEntry): string[] {
  return [...(secret === undefined ? [] : [secret]), ...(secrets ?? [])];
}

function clientKeys({ jwks, jwksUri }: ClientEntry): ClientKeys | undefined {
  if (jwks !== undefined) return { jwks };
  return jwksUri === undefined ? undefined : { jwksUri };
}

function toUser(
  environmentId: string,
  { id, username, password, passwordHash, mustChangePassword, userCode, status, claims }: UserEntry,
): ConfiguredUser {
  return {
    id: id ?? uuidv5(`${environmentId}/${nameKey(username)}`, USER_NAMESPACE),
    username,
    status: status ?? 'active',
    claims: claims ?? {},
    mustChangePassword: mustChangePassword ?? false,
    ...(password !== undefined && { password: { plain: password } }),
    ...(passwordHash !== undefined && { password: { hash: passwordHash } }),
    ...(userCode !== undefined && { userCode: { plain: userCode } }),
  };
}

function toServiceAccount(environmentId: string, entry: ServiceAccountEntry): ServiceAccountSettings {
  const { id, name, description, enabled, client, scopes, bindings } = entry;
  return {
    environmentId,
    id,
    name: name ?? id,
    enabled: enabled ?? true,
    clientId: client,
    scopes,
    bindings: bindings ?? [],
    ...(description !== undefined && { description }),
  };
}
