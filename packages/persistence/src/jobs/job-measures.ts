import type { Database } from '../database/database.js';
import { type Measures, NOTHING_MEASURED } from '../database/measures.js';
import { statement } from '../database/statement.js';

/** Milliseconds; whoever reads the page more often gets the same answer. */
const ASK_AGAIN_AFTER = 5_000;

const DUE = statement(
  'jobs_due',
  `
  SELECT count(*)::int AS pending, COALESCE(EXTRACT(EPOCH FROM now() - min(run_at)), 0)::float8 AS lag
  FROM graphile_worker._private_jobs
  WHERE is_available AND run_at <= now()`,
);

interface Due {
  readonly pending: number;
  /** Seconds. */
  readonly lag: number;
}

/** What became of one attempt at a job. */
export type JobOutcome = (typeof OUTCOMES)[number];
const OUTCOMES = ['done', 'failed', 'given_up'] as const;

/** Tells how the jobs are doing: of this process what it did, of all of them what waits. */
export class JobMeasures {
  readonly #done: ReturnType<Measures['hotCounter']>;
  #asked: { readonly at: number; readonly answer: Promise<Due> } | undefined;

  /** @param tasks which this process does */
  constructor(
    private readonly database: Database,
    tasks: Iterable<string>,
  ) {
    const measures = database.options.measures ?? NOTHING_MEASURED;
    this.#done = measures.hotCounter(
      'grantway_jobs_total',
      'Attempts at jobs: done, failed (tried again later) or given_up (never again).',
      ['task', 'outcome'],
    );
    // Prometheus takes no notice of a line whose first value is its only one.
    for (const task of tasks) for (const outcome of OUTCOMES) this.#done.series({ task, outcome });
    measures.gauge('grantway_jobs_pending', 'Jobs that are due and in nobody’s hands, of all processes.', [], (gauge) =>
      this.#due().then(({ pending }) => gauge.set({}, pending)),
    );
    measures.gauge('grantway_job_lag_seconds', 'How long the oldest of them has been due.', [], (gauge) =>
      this.#due().then(({ lag }) => gauge.set({}, lag)),
    );
  }

  count(task: string, outcome: JobOutcome): void {
    this.#done.series({ task, outcome }).value += 1;
  }

  #due(): Promise<Due> {
    if (!this.#asked || Date.now() - this.#asked.at >= ASK_AGAIN_AFTER) {
      const answer = this.database.query<Due>(DUE, []).then(([due]) => due as Due);
      answer.catch(() => {}); // Those who asked hear of it.
      this.#asked = { at: Date.now(), answer };
    }
    return this.#asked.answer;
  }
}
