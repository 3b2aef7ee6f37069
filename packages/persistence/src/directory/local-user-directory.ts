import { type User, UserDirectory, type UserStatus } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { isKey } from '../database/values.js';
import { passwordFits } from './passwords.js';

const FIND = statement(
  'user_find',
  `
  SELECT id, username, status, claims, password_changed_at
  FROM directory_user
  WHERE environment_id = $1 AND id = $2`,
);

const FIND_BY_NAME = statement(
  'user_find_by_name',
  `
  SELECT id, username, status, claims, password_changed_at, password_hash
  FROM directory_user
  WHERE environment_id = $1 AND username_key = $2`,
);

interface UserRow {
  readonly id: string;
  readonly username: string;
  readonly status: UserStatus;
  readonly claims: Record<string, unknown>;
  readonly password_changed_at: Date;
}

/** Two spellings that look the same are the same name. */
export function usernameKey(username: string): string {
  return username.normalize('NFKC').toLowerCase();
}

/** The users Grantway keeps itself. Never cached: a lock bites with the next request. */
@Injectable()
export class LocalUserDirectory extends UserDirectory {
  constructor(private readonly database: Database) {
    super();
  }

  async find(environmentId: string, id: string): Promise<User | undefined> {
    if (!isKey(id)) return undefined;
    const [row] = await this.database.query<UserRow>(FIND, [environmentId, id]);
    return row && toUser(environmentId, row);
  }

  async authenticate(environmentId: string, username: string, password: string): Promise<User | undefined> {
    const row = await this.#findByName(environmentId, username);
    const fits = await passwordFits(row?.password_hash ?? undefined, password);
    return row && fits ? toUser(environmentId, row) : undefined;
  }

  async #findByName(
    environmentId: string,
    username: string,
  ): Promise<(UserRow & { password_hash: string | null }) | undefined> {
    // A name nobody can have is looked up like any other, by a key nobody has.
    const key = isKey(username) ? usernameKey(username) : '';
    const [row] = await this.database.query<UserRow & { password_hash: string | null }>(FIND_BY_NAME, [
      environmentId,
      key,
    ]);
    return row;
  }
}

function toUser(environmentId: string, { id, username, status, claims, password_changed_at }: UserRow): User {
  return { environmentId, id, username, status, claims, passwordChangedAt: password_changed_at };
}
