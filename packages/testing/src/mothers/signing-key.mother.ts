import { randomBytes } from 'node:crypto';
import type { SigningKey } from '@grantway/domain';

/** A row for the store; it signs nothing. */
export function aSigningKey(overrides: Partial<SigningKey> = {}): SigningKey {
  const kid = randomBytes(8).toString('hex');
  return {
    environmentId: 'acme',
    kid,
    algorithm: 'ES256',
    state: 'active',
    publicJwk: { kty: 'EC', crv: 'P-256', kid, x: 'x', y: 'y' },
    encryptedPrivateKey: randomBytes(64),
    ...overrides,
  };
}
