import { nameKey, type Registration, type User, UserDirectory, type UserOfSession } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { gatheredLookup } from '../database/gathered-statement.js';
import { statement } from '../database/statement.js';
import { isKey } from '../database/values.js';
import { hashPassword, passwordFits } from './passwords.js';
import { toUser, USER_COLUMNS, type UserRow } from './user-columns.js';

const FIND = gatheredLookup(
  'user_find',
  { environment_id: 'text', id: 'text' },
  `
  SELECT ${USER_COLUMNS}
  FROM directory_user
  WHERE environment_id = asked.environment_id AND id = asked.id`,
);

const FIND_BY_NAME = gatheredLookup(
  'user_find_by_name',
  { environment_id: 'text', username_key: 'text' },
  `
  SELECT ${USER_COLUMNS}, password_hash
  FROM directory_user
  WHERE environment_id = asked.environment_id AND username_key = asked.username_key`,
);

const SET_PASSWORD = statement(
  'user_set_password',
  `
  UPDATE directory_user
  SET password_hash = $3, password_changed_at = clock_timestamp(), must_change_password = false,
      updated_at = clock_timestamp()
  WHERE environment_id = $1 AND id = $2`,
);

/**
 * Of two that register one name at once the key of usernames lets one through. CVE-2024-1722: nobody is named as another
 * person's address, nor has the name of another for an address.
 */
const REGISTER = statement(
  'user_register',
  `
  INSERT INTO directory_user
    (environment_id, id, username, username_key, status, claims, password_hash, password_changed_at, must_change_password,
     email_key)
  SELECT id, gen_random_uuid()::text, $2, $3, 'unverified', $4::jsonb, $5, clock_timestamp(), false, $6
  FROM environment
  WHERE id = $1 AND NOT EXISTS (
    SELECT 1 FROM directory_user
    WHERE environment_id = $1 AND (username_key = $6 OR email_key = $3)
  )
  ON CONFLICT (environment_id, username_key) DO NOTHING
  RETURNING ${USER_COLUMNS}`,
);

const VERIFY = statement(
  'user_verify',
  `
  UPDATE directory_user
  SET status = 'active', claims = claims || '{"email_verified": true}', updated_at = clock_timestamp()
  WHERE environment_id = $1 AND id = $2 AND status = 'unverified'`,
);

const USER_CODE = statement(
  'user_code_hash',
  `
  SELECT user_code_hash
  FROM directory_user
  WHERE environment_id = $1 AND id = $2`,
);

/** The users Grantway keeps itself. Never cached: a lock bites with the next request. */
@Injectable()
export class LocalUserDirectory extends UserDirectory {
  constructor(private readonly database: Database) {
    super();
  }

  async find(environmentId: string, id: string): Promise<User | undefined> {
    if (!isKey(id)) return undefined;
    const row = await this.database.call<UserRow>(FIND, [environmentId, id]);
    return row && toUser(environmentId, row);
  }

  /** Our own store of sessions has read the user with it. */
  override async ofSession(session: UserOfSession): Promise<User | undefined> {
    return session.localUser ?? super.ofSession(session);
  }

  async authenticate(environmentId: string, username: string, password: string): Promise<User | undefined> {
    const row = await this.#findByName(environmentId, username);
    const fits = await passwordFits(row?.password_hash ?? undefined, password);
    return row && fits ? toUser(environmentId, row) : undefined;
  }

  async findByUsername(environmentId: string, username: string): Promise<User | undefined> {
    const row = await this.#findByName(environmentId, username);
    return row && toUser(environmentId, row);
  }

  async setPassword(environmentId: string, id: string, password: string): Promise<boolean> {
    if (!isKey(id)) return false;
    return (await this.database.execute(SET_PASSWORD, [environmentId, id, await hashPassword(password)])) > 0;
  }

  async register(environmentId: string, { username, email, password }: Registration): Promise<User | undefined> {
    // Made first, so that a name that is taken is told no sooner than one that is free.
    const passwordHash = await hashPassword(password);
    if (!isKey(username) || !isKey(email)) return undefined;
    const claims = JSON.stringify({ email, email_verified: false });
    const [row] = await this.database.query<UserRow>(REGISTER, [
      environmentId,
      username,
      nameKey(username),
      claims,
      passwordHash,
      nameKey(email),
    ]);
    return row && toUser(environmentId, row);
  }

  async verify(environmentId: string, id: string): Promise<boolean> {
    return isKey(id) && (await this.database.execute(VERIFY, [environmentId, id])) > 0;
  }

  async checkUserCode(environmentId: string, id: string, code: string): Promise<'right' | 'wrong' | 'not_set'> {
    const [row] = isKey(id)
      ? await this.database.query<{ user_code_hash: string | null }>(USER_CODE, [environmentId, id])
      : [];
    const hash = row?.user_code_hash ?? undefined;
    const fits = await passwordFits(hash, code);
    if (hash === undefined) return 'not_set';
    return fits ? 'right' : 'wrong';
  }

  async #findByName(
    environmentId: string,
    username: string,
  ): Promise<(UserRow & { password_hash: string | null }) | undefined> {
    // A name nobody can have is looked up like any other, by a key nobody has.
    const key = isKey(username) ? nameKey(username) : '';
    return this.database.call<UserRow & { password_hash: string | null }>(FIND_BY_NAME, [environmentId, key]);
  }
}
