import type { User, UserStatus } from '@grantway/domain';

/** Without what a password is checked against. */
export interface UserRow {
  readonly id: string;
  readonly username: string;
  readonly status: UserStatus;
  readonly claims: Record<string, unknown>;
  readonly password_changed_at: Date;
  readonly must_change_password: boolean;
}

export const USER_COLUMNS = 'id, username, status, claims, password_changed_at, must_change_password';

export function toUser(environmentId: string, row: UserRow): User {
  const { id, username, status, claims } = row;
  const { password_changed_at: passwordChangedAt, must_change_password: mustChangePassword } = row;
  return { environmentId, id, username, status, claims, passwordChangedAt, mustChangePassword };
}
