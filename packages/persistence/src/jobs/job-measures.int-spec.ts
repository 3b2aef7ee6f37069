import { eventually } from '@grantway/testing';
import { type ScratchDatabase, scratchDatabase } from '../../test/scratch-database.js';
import { Database } from '../database/database.js';
import { type Measures, NOTHING_MEASURED } from '../database/measures.js';
import { JobGivenUp, type JobHandler } from './job-handler.js';
import { JobRunner } from './job-runner.js';

/** What somebody who reads the page sees. */
class Page implements Measures {
  readonly counts: Record<string, { value: number }> = {};
  readonly hotHistogram = NOTHING_MEASURED.hotHistogram;
  readonly #gauges = new Map<string, (gauge: { set(labels: object, value: number): void }) => Promise<void> | void>();

  gauge(name: string, _help: string, _labels: unknown, collect: Parameters<Measures['gauge']>[3]): void {
    this.#gauges.set(name, collect);
  }

  hotCounter() {
    return {
      series: (labels: Readonly<Record<string, string>>) => {
        const key = Object.values(labels).join();
        const count = this.counts[key] ?? { value: 0 };
        this.counts[key] = count;
        return count;
      },
    };
  }

  async read(name: string): Promise<number> {
    let said = Number.NaN;
    const set = (_labels: object, value: number) => {
      said = value;
    };
    await this.#gauges.get(name)?.({ set });
    return said;
  }
}

describe('JobMeasures', () => {
  let scratch: ScratchDatabase;
  beforeAll(async () => {
    scratch = await scratchDatabase();
  });
  afterAll(() => scratch.drop());

  it('house: what became of its jobs, from 0 on, and of all jobs how many wait and for how long', async () => {
    const page = new Page();
    const database = new Database({ url: scratch.url, poolSize: 2, measures: page });
    const runner = new JobRunner(database);
    const handler: JobHandler<{ name: string }> = {
      task: 'errand',
      run: async ({ name }) => {
        if (name === 'letter') throw new Error('nobody at home');
        if (name === 'parcel') throw new JobGivenUp('moved away');
      },
      giveUp: async () => {},
    };
    runner.register(handler);
    await scratch.query(
      `SELECT graphile_worker.add_job('another', json_build_object(), run_at := now() - interval '90 s')`,
    );
    runner.start();
    const outcomes = ['errand,done', 'errand,failed', 'errand,given_up'];
    expect(Object.keys(page.counts)).toEqual(outcomes);
    for (const name of ['card', 'letter', 'parcel']) {
      await scratch.query(
        `SELECT graphile_worker.add_job('errand', json_build_object('name', $1::text), max_attempts := 2)`,
        [name],
      );
    }
    await eventually(async () => outcomes.every((name) => page.counts[name]?.value === 1), 15_000);
    expect(await page.read('grantway_jobs_pending')).toBe(1);
    const lag = await page.read('grantway_job_lag_seconds');
    expect([lag >= 90, lag < 300]).toEqual([true, true]);
    await runner.stop();
    await database.close();
  });
});
