import type { ConfiguredUser, User } from '@grantway/domain';

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

/** The same person as an environment file names her. */
export function aConfiguredUser(overrides: Partial<ConfiguredUser> = {}): ConfiguredUser {
  const { id, username, status, claims, mustChangePassword } = aUser();
  return { id, username, status, claims, mustChangePassword, password: { plain: 'correct horse' }, ...overrides };
}
