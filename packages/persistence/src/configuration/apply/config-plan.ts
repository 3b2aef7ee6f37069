import { isDeepStrictEqual } from 'node:util';
import type { AppliedChanges, ConfiguredUser, EnvironmentConfig } from '@grantway/domain';
import { hashPassword, passwordFits } from '../../directory/passwords.js';
import {
  type ClientRow,
  clientRow,
  type EnvironmentRow,
  environmentRow,
  type Origin,
  type ResourceRow,
  resourceRow,
  type StoredConfig,
  type UserRow,
  userRow,
} from './config-rows.js';

/** What has to be written for the tables to say what the file says. */
export interface Plan {
  readonly environment: Difference<EnvironmentRow>;
  readonly resources: Difference<ResourceRow>;
  readonly clients: Difference<ClientRow>;
  readonly users: Difference<PlannedUser>;
  readonly changes: AppliedChanges;
  readonly empty: boolean;
}

export interface Difference<Row> {
  readonly create: readonly Row[];
  readonly update: readonly Row[];
  /** Ids. */
  readonly remove: readonly string[];
}

/** Without a password hash the stored one stays. */
export type PlannedUser = UserRow & { readonly passwordHash?: string };

export async function planChanges(config: EnvironmentConfig, stored: StoredConfig): Promise<Plan> {
  const environment = compare(
    [environmentRow(config.environment)],
    stored.environment ? [stored.environment] : [],
    ({ id }) => id,
  );
  const resources = compare(config.resources.map(resourceRow), stored.resources, ({ name }) => name);
  const clients = compare(config.clients.map(clientRow), stored.clients, ({ id }) => id);
  // Users are never removed, because people are more than configuration.
  const users = { ...compare(await planUsers(config.users, stored), stored.users, ({ id }) => id), remove: [] };

  const list = (of: (difference: Difference<unknown>) => readonly unknown[]): string[] => [
    ...of(environment).map((row) => `environment ${nameOf(row)}`),
    ...of(resources).map((row) => `resource ${nameOf(row)}`),
    ...of(clients).map((row) => `client ${nameOf(row)}`),
    ...of(users).map((row) => `user ${nameOf(row)}`),
  ];
  const changes = {
    created: list(({ create }) => create),
    updated: list(({ update }) => update),
    removed: list(({ remove }) => remove),
  };
  const empty = changes.created.length + changes.updated.length + changes.removed.length === 0;
  return { environment, resources, clients, users, changes, empty };
}

/** `stored` rows may say more than is wanted: their origin, or a password that is not the file's business. */
function compare<Row extends object>(
  wanted: readonly Row[],
  stored: readonly object[],
  idOf: (row: Row) => string,
): Difference<Row> {
  const storedById = new Map(stored.map((row) => [idOf(row as Row), row]));
  const wantedIds = new Set(wanted.map(idOf));
  return {
    create: wanted.filter((row) => !storedById.has(idOf(row))),
    update: wanted.filter((row) => {
      const now = storedById.get(idOf(row));
      return now !== undefined && !says(now, row);
    }),
    remove: [...storedById]
      .filter(([id, row]) => (row as { origin?: Origin }).origin === 'file' && !wantedIds.has(id))
      .map(([id]) => id),
  };
}

function says(stored: object, wanted: object): boolean {
  return Object.entries(wanted).every(([name, value]) =>
    isDeepStrictEqual((stored as Record<string, unknown>)[name], value),
  );
}

async function planUsers(users: readonly ConfiguredUser[], stored: StoredConfig): Promise<PlannedUser[]> {
  const hashes = new Map(stored.users.map(({ id, passwordHash }) => [id, passwordHash ?? undefined]));
  const planned: PlannedUser[] = [];
  for (const user of users) {
    const passwordHash = await hashFor(user, hashes.get(user.id));
    planned.push({ ...userRow(user), ...(passwordHash !== undefined && { passwordHash }) });
  }
  return planned;
}

/** A salted hash is new each time, so a plain password that fits keeps the hash it has: applying a file twice changes nothing. */
async function hashFor({ password }: ConfiguredUser, storedHash: string | undefined): Promise<string | undefined> {
  if (!password) return undefined;
  if ('hash' in password) return password.hash;
  const fits = storedHash !== undefined && (await passwordFits(storedHash, password.plain));
  return fits ? storedHash : hashPassword(password.plain);
}

function nameOf(row: unknown): string {
  if (typeof row === 'string') return row;
  const { id, name } = row as { id?: string; name?: string };
  return id ?? name ?? '';
}
