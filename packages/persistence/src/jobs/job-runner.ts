import { setTimeout as sleep } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import { type Runner, run, type Task, type TaskList } from 'graphile-worker';
import pg from 'pg';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { JOB_TIME, JobGivenUp, type JobHandler } from './job-handler.js';
import { JobMeasures } from './job-measures.js';
import { SILENT } from './job-schema.js';

/** Jobs in hand at once. They wait for others' servers most of the time. */
const CONCURRENCY = 8;
/** Milliseconds; a job that is due now is announced, so this is for those that wait. */
const POLL_INTERVAL = 2_000;
/** Left to itself, the library ends the process when a job is done and the database is away; so it tries again instead. */
const QUIET_ENDS = { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } };
/** Milliseconds a stopping process waits for what is in hand; past it another process repeats it. */
const MOST_STOPPING = 13_000;
/**
 * Seconds. Longer than an attempt may take, so whoever held one for longer is no more; or it is the last, and being given up, which
 * another process may then do as well and to the same end.
 */
const LEASE = 15;
/** Milliseconds. */
const RECOVERY_INTERVAL = 5_000;

/**
 * The library frees the jobs of a process that died after four hours; ours are promised within half a minute (section 4.4 of
 * the security catalogue). An attempt cut short is repeated, also the last, and so is a give-up that did not come through.
 * The private tables, because the library's own functions free a whole process or nothing.
 */
const RECOVER = statement(
  'jobs_recover',
  `
  WITH freed AS (
    UPDATE graphile_worker._private_jobs
    SET locked_at = NULL, locked_by = NULL,
        attempts = LEAST(attempts, max_attempts - 1),
        run_at = GREATEST(run_at, now())
    WHERE locked_at < now() - make_interval(secs => $1)
       OR (locked_at IS NULL AND attempts >= max_attempts AND run_at < now())
    RETURNING 1
  )
  UPDATE graphile_worker._private_job_queues
  SET locked_at = NULL, locked_by = NULL
  WHERE locked_at < now() - make_interval(secs => $1)`,
);

/** Does the jobs whose handlers registered with it (design section 4.8). Starts though the database is away, and recovers. */
@Injectable()
export class JobRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #handlers = new Map<string, JobHandler<never>>();
  readonly #stopping = new AbortController();
  #running: Promise<unknown> | undefined;
  #measures: JobMeasures | undefined;

  constructor(private readonly database: Database) {}

  /** Before the application has started. @throws Error when the task has a handler */
  register<Payload>(handler: JobHandler<Payload>): void {
    if (this.#handlers.has(handler.task)) throw new Error(`two handlers claim the task ${handler.task}`);
    this.#handlers.set(handler.task, handler);
  }

  onApplicationBootstrap(): void {
    this.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  /** Without handlers there is nothing to do, and no connection is made. */
  start(): void {
    if (this.#handlers.size === 0 || this.#running) return;
    this.#measures = new JobMeasures(this.database, this.#handlers.keys());
    this.#running = Promise.all([this.#keepRunning(), this.#keepRecovering()]);
  }

  /** Takes no more jobs and waits for those in hand. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const late = sleep(MOST_STOPPING, undefined, { ref: false });
    await Promise.race([this.#running, late]);
  }

  async #keepRunning(): Promise<void> {
    const pool = this.#openPool();
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#runOn(pool);
      } catch {
        // Away, or not migrated yet: readiness says so, and it passes.
      }
      await this.#pause(1_000);
    }
    await pool.end();
  }

  async #runOn(pool: pg.Pool): Promise<void> {
    const runner = await run({
      pgPool: pool,
      taskList: this.#tasks(),
      parsedCronItems: [],
      concurrency: CONCURRENCY,
      pollInterval: POLL_INTERVAL,
      preset: QUIET_ENDS,
      noHandleSignals: true,
      logger: SILENT,
    });
    const stop = () => void stopQuietly(runner);
    this.#stopping.signal.addEventListener('abort', stop, { once: true });
    if (this.#stopping.signal.aborted) stop();
    try {
      await runner.promise;
    } finally {
      this.#stopping.signal.removeEventListener('abort', stop);
    }
  }

  /** Of its own, because the library keeps one connection to be told of new jobs. */
  #openPool(): pg.Pool {
    const pool = new pg.Pool({
      connectionString: this.database.options.url,
      application_name: 'grantway-jobs',
      max: 4,
      connectionTimeoutMillis: 4_000,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      statement_timeout: 4_000,
      query_timeout: 4_500,
    });
    pool.on('error', () => {});
    pool.on('connect', (client) => client.on('error', () => {}));
    return pool;
  }

  async #keepRecovering(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.database.execute(RECOVER, [LEASE]).catch(() => {});
      await this.#pause(RECOVERY_INTERVAL);
    }
  }

  #tasks(): TaskList {
    const count: Count = (task, outcome) => this.#measures?.count(task, outcome);
    return Object.fromEntries([...this.#handlers].map(([task, handler]) => [task, asTask(handler, count)]));
  }

  #pause(milliseconds: number): Promise<void> {
    return sleep(milliseconds, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }
}

type Count = JobMeasures['count'];

function asTask(handler: JobHandler<never>, count: Count): Task {
  const attempted: Task = async (payload, { job }) => {
    const attempt = { number: job.attempts, most: job.max_attempts };
    try {
      await inTime(handler.run(payload as never, attempt));
      count(handler.task, 'done');
    } catch (error) {
      if (!(error instanceof JobGivenUp) && attempt.number < attempt.most) {
        count(handler.task, 'failed');
        throw error;
      }
      await inTime(handler.giveUp(payload as never, error));
      count(handler.task, 'given_up');
    }
  };
  // What it asks of the database is one trace, where somebody keeps traces.
  return (payload, helpers) =>
    trace.getTracer('grantway').startActiveSpan(`job ${handler.task}`, async (span) => {
      try {
        await attempted(payload, helpers);
      } finally {
        span.end();
      }
    });
}

async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it took too long')), JOB_TIME);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Stopping one that has stopped by itself is an error to the library, and none to us. */
async function stopQuietly(runner: Runner): Promise<void> {
  await runner.stop().catch(() => {});
}
