import {
  type Client,
  DEFAULT_CLIENT_POLICIES,
  DEFAULT_ENVIRONMENT_POLICIES,
  DEFAULT_LIFETIMES,
  type Environment,
  NO_LEGACY,
  type Resource,
  type User,
} from '@grantway/domain';
import { ClientAuthMethod, GrantType } from '@grantway/protocol';

// Each gives something complete and plausible; a test names what it is about and nothing else.

export function anEnvironment(overrides: Partial<Environment> = {}): Environment {
  return {
    id: 'acme',
    name: 'Acme',
    enabled: true,
    grantTypes: [GrantType.AuthorizationCode, GrantType.RefreshToken, GrantType.ClientCredentials],
    pkce: 'public',
    signing: { idToken: 'RS256', accessToken: 'ES256' },
    lifetimes: DEFAULT_LIFETIMES,
    passwordChangeEndsRefresh: true,
    ...DEFAULT_ENVIRONMENT_POLICIES,
    ...overrides,
  };
}

/** An API with one scope for anybody and one for signed-on users. */
export function aResource(overrides: Partial<Resource> = {}): Resource {
  return {
    environmentId: 'acme',
    name: 'orders',
    audience: 'https://orders.example',
    scopes: [
      { name: 'orders:read', description: 'See orders', userOnly: false },
      { name: 'orders:place', description: 'Place orders for you', userOnly: true },
    ],
    accessTokenFormat: 'jwt',
    introspectionSecretHashes: [],
    ...overrides,
  };
}

/** A confidential web application. Its secret's hash is no hash of anything: a test of secrets gives its own. */
export function aClient(overrides: Partial<Client> = {}): Client {
  return {
    environmentId: 'acme',
    id: 'shop',
    name: 'Shop',
    enabled: true,
    authMethod: ClientAuthMethod.SecretBasic,
    secretHashes: ['not-a-hash'],
    grantTypes: [GrantType.AuthorizationCode, GrantType.RefreshToken],
    responseTypes: ['code'],
    redirectUris: ['https://shop.example/callback'],
    allowedOrigins: [],
    scopes: ['openid', 'profile', 'email', 'offline_access', 'orders:read', 'orders:place'],
    defaultScopes: [],
    trusted: false,
    pkceRequired: false,
    refresh: { onReuse: 'revoke_family', withoutOfflineAccess: false },
    multipleResources: false,
    legacy: NO_LEGACY,
    ...DEFAULT_CLIENT_POLICIES,
    ...overrides,
  };
}

/** A single-page or native application: no secret, so PKCE always. */
export function aPublicClient(overrides: Partial<Client> = {}): Client {
  return aClient({
    id: 'spa',
    name: 'Single page',
    authMethod: ClientAuthMethod.None,
    secretHashes: [],
    redirectUris: ['https://spa.example/callback'],
    allowedOrigins: ['https://spa.example'],
    pkceRequired: true,
    ...overrides,
  });
}

/** A machine that acts for itself. */
export function aMachineClient(overrides: Partial<Client> = {}): Client {
  return aClient({
    id: 'robot',
    name: 'Robot',
    grantTypes: [GrantType.ClientCredentials],
    responseTypes: [],
    redirectUris: [],
    scopes: ['orders:read'],
    defaultScopes: ['orders:read'],
    ...overrides,
  });
}

export function aUser(overrides: Partial<User> = {}): User {
  return {
    environmentId: 'acme',
    id: 'user-alice',
    username: 'alice',
    status: 'active',
    claims: { name: 'Alice Example', email: 'alice@example.com', email_verified: true },
    passwordChangedAt: new Date('2026-01-01T00:00:00Z'),
    mustChangePassword: false,
    ...overrides,
  };
}
