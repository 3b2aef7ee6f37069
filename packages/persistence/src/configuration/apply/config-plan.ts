import { isDeepStrictEqual } from 'node:util';
import type { AppliedChanges, EnvironmentConfig } from '@grantway/domain';
import {
  type ClientRow,
  clientRow,
  type EnvironmentRow,
  environmentRow,
  type Origin,
  type ResourceRow,
  resourceRow,
  type ServiceAccountRow,
  type StoredConfig,
  serviceAccountRow,
} from './config-rows.js';
import { type PlannedUser, planUsers } from './user-plan.js';

/** What has to be written for the tables to say what the file says. */
export interface Plan {
  readonly environment: Difference<EnvironmentRow>;
  readonly resources: Difference<ResourceRow>;
  readonly clients: Difference<ClientRow>;
  readonly users: Difference<PlannedUser>;
  readonly serviceAccounts: Difference<ServiceAccountRow>;
  readonly changes: AppliedChanges;
  readonly empty: boolean;
}

export interface Difference<Row> {
  readonly create: readonly Row[];
  readonly update: readonly Row[];
  /** Ids. */
  readonly remove: readonly string[];
}

export async function planChanges(config: EnvironmentConfig, stored: StoredConfig): Promise<Plan> {
  const environment = compare(
    [environmentRow(config.environment)],
    stored.environment ? [stored.environment] : [],
    ({ id }) => id,
  );
  const resources = compare(config.resources.map(resourceRow), stored.resources, ({ name }) => name);
  const clients = compare(planClients(config, stored), stored.clients, ({ id }) => id);
  // Users are never removed, because people are more than configuration.
  const users = { ...compare(await planUsers(config.users, stored.users), stored.users, ({ id }) => id), remove: [] };
  const accounts = config.serviceAccounts.map(serviceAccountRow);
  const serviceAccounts = compare(accounts, stored.serviceAccounts, ({ id }) => id);

  const list = (of: (difference: Difference<unknown>) => readonly unknown[]): string[] => [
    ...of(environment).map((row) => `environment ${nameOf(row)}`),
    ...of(resources).map((row) => `resource ${nameOf(row)}`),
    ...of(clients).map((row) => `client ${nameOf(row)}`),
    ...of(users).map((row) => `user ${nameOf(row)}`),
    ...of(serviceAccounts).map((row) => `service account ${nameOf(row)}`),
  ];
  const changes = {
    created: list(({ create }) => create),
    updated: list(({ update }) => update),
    removed: list(({ remove }) => remove),
  };
  const empty = changes.created.length + changes.updated.length + changes.removed.length === 0;
  return { environment, resources, clients, users, serviceAccounts, changes, empty };
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

/**
 * A seal is new each time, a keyed hash is not: where the hashes are the stored ones so is the secret, and its seal stays.
 * Applying a file twice changes nothing.
 */
function planClients({ clients }: EnvironmentConfig, stored: StoredConfig): ClientRow[] {
  const storedById = new Map(stored.clients.map((row) => [row.id, row]));
  return clients.map(clientRow).map((row) => {
    const now = storedById.get(row.id);
    const isSame = row.sealedSecret !== null && isDeepStrictEqual(now?.secretHashes, row.secretHashes);
    return { ...row, sealedSecret: (isSame ? now?.sealedSecret : undefined) ?? row.sealedSecret };
  });
}

function nameOf(row: unknown): string {
  if (typeof row === 'string') return row;
  const { id, name } = row as { id?: string; name?: string };
  return id ?? name ?? '';
}
