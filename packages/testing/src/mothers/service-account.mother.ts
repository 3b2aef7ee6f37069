import type { ServiceAccountSettings } from '@grantway/domain';

/** A machine of the shop's, without a token yet. */
export function aServiceAccount(overrides: Partial<ServiceAccountSettings> = {}): ServiceAccountSettings {
  return {
    environmentId: 'acme',
    id: 'night',
    name: 'Night bookings',
    enabled: true,
    clientId: 'shop',
    scopes: ['orders:read'],
    bindings: ['warehouse'],
    ...overrides,
  };
}
