import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import pg from 'pg';
import { Database } from '../database/database.js';
import { NOTHING_MEASURED } from '../database/measures.js';
import { PartitionCare } from '../database/partition-care.js';
import { FROM_THE_BEGINNING, SWEEPS, type Sweep, type Swept, type SweptTable } from './janitor.statements.js';

/** Milliseconds: a process that only runs a command is gone by then. */
const FIRST_ROUND = 20_000;
/** Milliseconds. */
const BETWEEN_ROUNDS = 300_000;

/** Rows of a batch. It grows while batches are short and shrinks when they are not. */
const BATCH = { least: 20, first: 200, most: 2_000 };
/** Milliseconds a batch should take: others wait no longer for a row of it. */
const SHORT = 40;
/** Milliseconds. Whoever takes this long for a batch has other worries: the next round goes on. */
const IN_TROUBLE = 1_000;

const LOCK = `SELECT pg_try_advisory_lock(hashtextextended('grantway_janitor', 0)) AS mine`;

const SETTINGS = [
  'plan_cache_mode=force_generic_plan',
  // The index of what is due, from where the last batch ended, and look-ups by key: any other plan would read what is not due.
  ...['enable_seqscan=off', 'enable_bitmapscan=off', 'enable_sort=off'],
  ...['enable_hashjoin=off', 'enable_mergejoin=off', 'jit=off'],
  // What a crash brings back is removed again.
  'synchronous_commit=off',
  // A process that was frozen does not hold the lock for long.
  'idle_session_timeout=60s',
];

/** How many rows of each table went. */
export type Removed = Readonly<Record<SweptTable, number>>;

/**
 * Removes the authorizations and sessions that are over (adr/0006). Every process has one; of all of them one works at a time, on a
 * connection of its own, in short statements with as long a pause after each. What it leaves off, the next round finds.
 */
@Injectable()
export class Janitor {
  #timer: NodeJS.Timeout | undefined;
  #stopping: AbortController | undefined;
  #round: Promise<unknown> | undefined;
  readonly #removed;

  constructor(
    private readonly database: Database,
    private readonly partitions: PartitionCare,
  ) {
    const counter = (database.options.measures ?? NOTHING_MEASURED).hotCounter(
      'grantway_janitor_removed_total',
      'Rows that were over and were removed.',
      ['table'],
    );
    this.#removed = new Map(SWEEPS.map(({ table }) => [table, counter.series({ table })]));
  }

  /** The first round is a while ahead, so that the processes of a roll-out do not all begin with it. */
  start({ first = FIRST_ROUND, between = BETWEEN_ROUNDS } = {}): void {
    if (this.#stopping) return;
    this.#stopping = new AbortController();
    this.#plan(first * (1 + Math.random()), between);
  }

  /** @returns when the batch in hand is done */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#stopping?.abort();
    await this.#round;
    this.#stopping = undefined;
  }

  /**
   * Removes all that is over now.
   *
   * @param batch rows of a batch at most
   * @returns undefined where another process is at it
   * @throws Error of PostgreSQL; what was removed until then stays removed
   */
  async round({ batch = BATCH.most } = {}): Promise<Removed | undefined> {
    const client = this.#client();
    try {
      await client.connect();
      const { rows } = await client.query<{ mine: boolean }>(LOCK);
      if (!rows[0]?.mine) return undefined;
      const removed = { authorization_record: 0, session: 0 };
      for (const sweep of SWEEPS) {
        // Dropped partitions are what makes sure of it. Where a lock was busy, they go next time, and so do the rows.
        if (sweep.afterArtifacts && !(await this.#artifactsAreGone())) continue;
        removed[sweep.table] = await this.#sweep(client, sweep, batch);
      }
      return removed;
    } finally {
      await client.end().catch(() => {});
    }
  }

  async #sweep(client: pg.Client, { table, statement: { name, text } }: Sweep, most: number): Promise<number> {
    let after: readonly [lookAt: string, id: string] = FROM_THE_BEGINNING;
    let removed = 0;
    for (let batch = Math.min(BATCH.first, most); ; ) {
      const from = performance.now();
      const { rows }: pg.QueryResult<Swept> = await client.query({ name, text, values: [batch, ...after] });
      const took = performance.now() - from;
      const [swept] = rows;
      if (!swept) throw new Error('a batch returned nothing');
      removed += swept.removed;
      this.#count(table, swept.removed);
      const { looked, last_look_at: lookAt, last_id: id } = swept;
      const isLast = looked < batch || lookAt === null || id === null;
      if (isLast || took > IN_TROUBLE || this.#stopping?.signal.aborted) return removed;
      after = [lookAt, id];
      batch = Math.min(most, Math.max(BATCH.least, Math.round(took > SHORT ? batch / 2 : batch * 1.5)));
      await sleep(took, undefined, { ref: false });
    }
  }

  async #artifactsAreGone(): Promise<boolean> {
    return this.partitions.drop().then(
      () => true,
      () => false,
    );
  }

  #count(table: SweptTable, removed: number): void {
    const series = this.#removed.get(table);
    if (series) series.value += removed;
  }

  #plan(after: number, between: number): void {
    this.#timer = setTimeout(() => {
      // Away, not migrated yet, or cut off: the next round finds what this one left.
      this.#round = this.round()
        .catch(() => {})
        .finally(() => {
          if (!this.#stopping?.signal.aborted) this.#plan(between * (0.9 + Math.random() * 0.2), between);
        });
    }, after);
    this.#timer.unref();
  }

  #client(): pg.Client {
    const client = new pg.Client({
      connectionString: this.database.options.url,
      application_name: 'grantway-janitor',
      connectionTimeoutMillis: 2_000,
      statement_timeout: 4_000,
      // A frozen server enforces no timeout of its own.
      query_timeout: 4_500,
      keepAlive: true,
      options: SETTINGS.map((setting) => `-c ${setting}`).join(' '),
    });
    client.on('error', () => {});
    return client;
  }
}
