import type { ConfiguredUser } from '@grantway/domain';
import { aUser } from '@grantway/grant-sdk/testing';

export { aUser };

/** The same person as an environment file names her. */
export function aConfiguredUser(overrides: Partial<ConfiguredUser> = {}): ConfiguredUser {
  const { id, username, status, claims, mustChangePassword } = aUser();
  return { id, username, status, claims, mustChangePassword, password: { plain: 'correct horse' }, ...overrides };
}
