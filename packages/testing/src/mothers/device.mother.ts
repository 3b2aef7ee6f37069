import { randomBytes } from 'node:crypto';
import type { NewDeviceAuthorization } from '@grantway/domain';

/** With a user code nobody else has. */
export function aNewDevice(overrides: Partial<NewDeviceAuthorization> = {}): NewDeviceAuthorization {
  return {
    environmentId: 'acme',
    clientId: 'tv',
    scope: ['openid', 'orders:read'],
    resources: [],
    userCodeHash: randomBytes(32),
    lifetime: 600,
    interval: 5,
    ...overrides,
  };
}
