import { DEFAULT_ENVIRONMENT_POLICIES, DEFAULT_LIFETIMES, type Environment, type Resource } from '@grantway/domain';
import { GrantType } from '@grantway/protocol';

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
