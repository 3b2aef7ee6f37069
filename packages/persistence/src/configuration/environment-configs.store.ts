import { type AppliedChanges, ConfigConflictError, type EnvironmentConfig, EnvironmentConfigs } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Database, type TransactionClient } from '../database/database.js';
import { hasSqlState, isSerializationFailure } from '../database/infrastructure-error.js';
import { conflictsOf } from './apply/config-conflicts.js';
import { type Plan, type PlannedUser, planChanges } from './apply/config-plan.js';
import { type Read, readStored } from './apply/config-rows.js';
import { ConfigCache } from './config-cache.js';

/** A file with thousands of clients takes its time, and nobody waits for it at the other end of a request. */
const LONGEST = 60_000;
const MOST_RETRIES = 3;

@Injectable()
export class PostgresEnvironmentConfigs extends EnvironmentConfigs {
  constructor(
    private readonly database: Database,
    private readonly cache: ConfigCache,
  ) {
    super();
  }

  async apply(config: EnvironmentConfig): Promise<AppliedChanges> {
    // Nearly every start applies what is there already. That is seen without a lock, and without loading Prisma.
    const { changes, empty } = await planOf(config, (read, values) => this.database.query(read, values));
    if (empty) return changes;
    try {
      return await this.#write(config);
    } finally {
      this.cache.forget(config.environment.id);
    }
  }

  async #write(config: EnvironmentConfig): Promise<AppliedChanges> {
    const prisma = await this.database.prisma();
    for (let retries = 0; ; retries++) {
      try {
        return await prisma.$transaction((tx) => applyIn(tx, config), { timeout: LONGEST, maxWait: 5000 });
      } catch (error) {
        if (hasSqlState(error, 'P2002')) {
          throw new ConfigConflictError([
            'a name or an audience is taken, or two of them were exchanged: change one at a time',
          ]);
        }
        if (retries >= MOST_RETRIES || !isSerializationFailure(error)) throw error;
      }
    }
  }
}

async function planOf(config: EnvironmentConfig, read: Read): Promise<Plan> {
  const stored = await readStored(read, config);
  const conflicts = conflictsOf(config, stored);
  if (conflicts.length > 0) throw new ConfigConflictError(conflicts);
  return planChanges(config, stored);
}

async function applyIn(tx: TransactionClient, config: EnvironmentConfig): Promise<AppliedChanges> {
  await tx.$executeRawUnsafe(`SET LOCAL statement_timeout = ${LONGEST}`);
  // Two that apply the same environment do it one after the other, and each compares with what the one before it wrote.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${`grantway_config ${config.environment.id}`}))`;
  const plan = await planOf(config, (read, values) => tx.$queryRawUnsafe(read.text, ...values));
  if (plan.empty) return plan.changes;

  // One clock: a password's change is compared with times the database took.
  const [clock] = await tx.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  const now = clock?.now ?? new Date();
  await writeEnvironment(tx, plan, now);
  await writeResources(tx, plan, config.environment.id, now);
  await writeClients(tx, plan, config.environment.id, now);
  await writeUsers(tx, plan, config.environment.id, now);
  return plan.changes;
}

async function writeEnvironment(tx: TransactionClient, { environment }: Plan, now: Date): Promise<void> {
  await tx.environment.createMany({ data: [...environment.create] });
  for (const row of environment.update) {
    await tx.environment.update({ where: { id: row.id }, data: { ...row, updatedAt: now } });
  }
}

async function writeResources(
  tx: TransactionClient,
  { resources }: Plan,
  environmentId: string,
  now: Date,
): Promise<void> {
  await tx.resource.deleteMany({ where: { environmentId, name: { in: [...resources.remove] } } });
  for (const row of resources.update) {
    const where = { environmentId_name: { environmentId, name: row.name } };
    await tx.resource.update({ where, data: { ...row, updatedAt: now } });
  }
  await tx.resource.createMany({ data: resources.create.map((row) => ({ ...row, environmentId, origin: 'file' })) });
}

async function writeClients(tx: TransactionClient, { clients }: Plan, environmentId: string, now: Date): Promise<void> {
  if (clients.remove.length > 0) {
    const clientId = { in: [...clients.remove] };
    await tx.client.deleteMany({ where: { environmentId, id: clientId } });
    // A client of the same name that is registered later is another one: it must not find the old one's refresh tokens alive.
    await tx.authorization.updateMany({
      where: { environmentId, clientId, revokedAt: null },
      data: { revokedAt: now },
    });
    await tx.consent.deleteMany({ where: { environmentId, clientId } });
  }
  for (const row of clients.update) {
    await tx.client.update({
      where: { environmentId_id: { environmentId, id: row.id } },
      data: { ...row, updatedAt: now },
    });
  }
  await tx.client.createMany({ data: clients.create.map((row) => ({ ...row, environmentId, origin: 'file' })) });
}

async function writeUsers(tx: TransactionClient, { users }: Plan, environmentId: string, now: Date): Promise<void> {
  for (const row of users.update) {
    const where = { environmentId_id: { environmentId, id: row.id } };
    const changedAt = await passwordChange(tx, row, environmentId, now);
    await tx.directoryUser.update({ where, data: { ...row, ...changedAt, updatedAt: now } });
  }
  await tx.directoryUser.createMany({ data: users.create.map((row) => ({ ...row, environmentId })) });
}

async function passwordChange(
  tx: TransactionClient,
  { id, passwordHash }: PlannedUser,
  environmentId: string,
  now: Date,
): Promise<{ passwordChangedAt?: Date }> {
  if (passwordHash === undefined) return {};
  const same = await tx.directoryUser.count({ where: { environmentId, id, passwordHash } });
  return same === 0 ? { passwordChangedAt: now } : {};
}
