import {
  type AppliedChanges,
  type AuditEvent,
  ConfigConflictError,
  type EnvironmentConfig,
  EnvironmentConfigs,
} from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { RECORD, recordValue } from '../audit/audit-record.js';
import { Database, type TransactionClient } from '../database/database.js';
import { hasSqlState, isSerializationFailure } from '../database/infrastructure-error.js';
import { conflictsOf } from './apply/config-conflicts.js';
import { type Plan, planChanges } from './apply/config-plan.js';
import { type Read, readStored } from './apply/config-rows.js';
import { writePlan } from './apply/config-writes.js';
import { ConfigCache } from './config-cache.js';

/** A file with thousands of clients takes its time, and nobody waits for it at the other end of a request. */
const LONGEST = 60_000;
const MOST_RETRIES = 3;

type Recorded = (changes: AppliedChanges) => AuditEvent;

@Injectable()
export class PostgresEnvironmentConfigs extends EnvironmentConfigs {
  constructor(
    private readonly database: Database,
    private readonly cache: ConfigCache,
  ) {
    super();
  }

  async apply(config: EnvironmentConfig, recorded?: Recorded): Promise<AppliedChanges> {
    // Nearly every start applies what is there already. That is seen without a lock, and without loading Prisma.
    const { changes, empty } = await planOf(config, (read, values) => this.database.query(read, values));
    if (empty) return changes;
    try {
      return await this.#write(config, recorded);
    } finally {
      this.cache.forget(config.environment.id);
    }
  }

  async #write(config: EnvironmentConfig, recorded: Recorded | undefined): Promise<AppliedChanges> {
    const prisma = await this.database.prisma();
    for (let retries = 0; ; retries++) {
      try {
        return await prisma.$transaction((tx) => applyIn(tx, config, recorded), { timeout: LONGEST, maxWait: 5000 });
      } catch (error) {
        if (hasSqlState(error, 'P2002')) {
          throw new ConfigConflictError([
            'a name, an audience or a device path is taken, or two of them were exchanged: change one at a time',
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

async function applyIn(
  tx: TransactionClient,
  config: EnvironmentConfig,
  recorded: Recorded | undefined,
): Promise<AppliedChanges> {
  await tx.$executeRawUnsafe(`SET LOCAL statement_timeout = ${LONGEST}`);
  // Two that apply the same environment do it one after the other, and each compares with what the one before it wrote.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${`grantway_config ${config.environment.id}`}))`;
  const plan = await planOf(config, (read, values) => tx.$queryRawUnsafe(read.text, ...values));
  if (plan.empty) return plan.changes;

  // One clock: a password's change is compared with times the database took.
  const [clock] = await tx.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  const now = clock?.now ?? new Date();
  await writePlan(tx, plan, config.environment.id, now);
  if (recorded) await tx.$executeRawUnsafe(RECORD.text, recordValue([recorded(plan.changes)]));
  return plan.changes;
}
