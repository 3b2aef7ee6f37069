import type { ConfiguredPassword, ConfiguredUser } from '@grantway/domain';
import { hashPassword, passwordFits } from '../../directory/passwords.js';
import { type StoredUser, type UserRow, userRow } from './config-rows.js';

/** What is absent stays as it is stored. */
export type PlannedUser = UserRow & {
  readonly mustChangePassword?: boolean;
  readonly passwordHash?: string;
  readonly userCodeHash?: string;
};

export async function planUsers(
  users: readonly ConfiguredUser[],
  stored: readonly StoredUser[],
): Promise<PlannedUser[]> {
  const storedById = new Map(stored.map((row) => [row.id, row]));
  const planned: PlannedUser[] = [];
  for (const user of users) {
    const now = storedById.get(user.id);
    const userCodeHash = await hashFor(user.userCode, now?.userCodeHash);
    planned.push({
      ...userRow(user),
      ...(await planPassword(user, now)),
      ...(userCodeHash !== undefined && { userCodeHash }),
    });
  }
  return planned;
}

type PlannedPassword = Pick<PlannedUser, 'mustChangePassword' | 'passwordHash'>;

async function planPassword(
  { password, mustChangePassword }: ConfiguredUser,
  stored: StoredUser | undefined,
): Promise<PlannedPassword> {
  const passwordHash = await hashFor(password, stored?.passwordHash);
  // A first password that is gone was changed, as it had to be: the person's own is not the file's to take back.
  const isReplaced = stored?.passwordHash != null && passwordHash !== stored.passwordHash;
  if (mustChangePassword && isReplaced && !stored?.mustChangePassword) return {};
  return { mustChangePassword, ...(passwordHash !== undefined && { passwordHash }) };
}

/** A salted hash is new each time, so a plain text that fits keeps the hash it has: applying a file twice changes nothing. */
async function hashFor(
  wanted: ConfiguredPassword | undefined,
  storedHash: string | null | undefined,
): Promise<string | undefined> {
  if (!wanted) return undefined;
  if ('hash' in wanted) return wanted.hash;
  const fits = storedHash != null && (await passwordFits(storedHash, wanted.plain));
  return fits ? storedHash : hashPassword(wanted.plain);
}
