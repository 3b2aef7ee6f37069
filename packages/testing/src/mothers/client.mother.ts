import { type Client, DEFAULT_CLIENT_POLICIES, NO_LEGACY } from '@grantway/domain';
import { ClientAuthMethod, GrantType } from '@grantway/protocol';

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
