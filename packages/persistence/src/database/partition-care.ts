import { Injectable } from '@nestjs/common';
import { Database } from './database.js';
import { statement } from './statement.js';

/** Partitions are made this many days ahead, so that a database may do without us over a long weekend. */
const DAYS_AHEAD = 4;
/**
 * Longer than any row lives, and long enough for a replayed code to be recognised as one; a table whose rows live longer adds
 * its own days (`grantway_partitioned_tables`). With the days ahead most have seven partitions: a lookup by id prunes to one, but
 * PostgreSQL still looks at the list.
 */
const DAYS_KEPT = 1;

const HOUR = 3_600_000;

const ENSURE = statement('partitions_ensure', 'SELECT grantway_ensure_partitions($1::int) AS made');
const DROP = statement('partitions_drop', 'SELECT grantway_drop_partitions(make_interval(days => $1::int)) AS dropped');
const DROP_AUDIT = statement('partitions_drop_audit', 'SELECT grantway_drop_audit($1::int) AS dropped');

/**
 * Makes tomorrow's partitions and drops yesterday's (design section 4.5). Every process does it, once an hour; the functions
 * behind it take a lock and find nothing to do but for the first.
 */
@Injectable()
export class PartitionCare {
  #timer: NodeJS.Timeout | undefined;
  #stopped = true;

  /** @param auditDays how long audit events are kept; absent in a process that drops none */
  constructor(
    private readonly database: Database,
    private readonly auditDays?: number,
  ) {}

  /** Begins now, without waiting for the database to be there. */
  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    void this.#round(1000);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** @returns how many partitions were missing */
  async ensure(daysAhead = DAYS_AHEAD): Promise<number> {
    const [row] = await this.database.query<{ made: number }>(ENSURE, [daysAhead]);
    return row?.made ?? 0;
  }

  /** @returns how many partitions were old enough to go */
  async drop(daysKept = DAYS_KEPT): Promise<number> {
    const [row] = await this.database.query<{ dropped: number }>(DROP, [daysKept]);
    return row?.dropped ?? 0;
  }

  /** @returns how many days of audit events were old enough to go */
  async dropAudit(): Promise<number> {
    if (this.auditDays === undefined) return 0;
    const [row] = await this.database.query<{ dropped: number }>(DROP_AUDIT, [this.auditDays]);
    return row?.dropped ?? 0;
  }

  async #round(retryIn: number): Promise<void> {
    let next = HOUR * (0.9 + Math.random() * 0.2);
    let retryNext = 1000;
    try {
      await this.ensure();
      await this.drop();
      await this.dropAudit();
    } catch {
      // Away, not migrated yet, or a lock was busy: all of it passes, and readiness speaks of the first two.
      next = retryIn;
      retryNext = Math.min(retryIn * 2, HOUR / 60);
    }
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#round(retryNext), next);
    this.#timer.unref();
  }
}
