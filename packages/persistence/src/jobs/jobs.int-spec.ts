import { setTimeout as sleep } from 'node:timers/promises';
import { startTcpRelay } from '@grantway/local-services';
import { aNewNotifiedRequest, anAuthorization, eventually, freshEnvironmentId } from '@grantway/testing';
import { openReplica } from '../../test/postgres-world.js';
import { type ScratchDatabase, scratchDatabase } from '../../test/scratch-database.js';
import { Database } from '../database/database.js';
import { JobGivenUp, type JobHandler } from './job-handler.js';
import { JobRunner } from './job-runner.js';
import { JOB_SCHEMA_REVISION } from './job-schema.js';

interface Errand {
  readonly name: string;
}

describe('jobs', () => {
  let scratch: ScratchDatabase;
  const ends: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    scratch = await scratchDatabase();
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    await scratch.drop();
  });

  function runner(handler: JobHandler<Errand>, url = scratch.url): JobRunner {
    const database = new Database({ url, poolSize: 2, connectTimeout: 300 });
    const made = new JobRunner(database);
    ends.push(async () => {
      await made.stop();
      await database.close();
    });
    made.register(handler);
    made.start();
    return made;
  }
  const enqueue = (name: string, attempts = 7) =>
    scratch.query(`SELECT graphile_worker.add_job('errand', json_build_object('name', $1::text), max_attempts := $2)`, [
      name,
      attempts,
    ]);
  /** What waits is due at once. */
  const hurry = () => scratch.query('UPDATE graphile_worker._private_jobs SET run_at = now() WHERE locked_at IS NULL');
  const open = async () => (await scratch.query('SELECT 1 FROM graphile_worker._private_jobs')).length;

  /** Writes down what it does. */
  function errands(run: (errand: Errand, attempt: number) => Promise<void> | void = () => {}) {
    const done: string[] = [];
    const givenUp: string[] = [];
    const handler: JobHandler<Errand> = {
      task: 'errand',
      run: async (errand, { number }) => {
        await run(errand, number);
        done.push(errand.name);
      },
      giveUp: async ({ name }, error) => void givenUp.push(`${name}: ${(error as Error).message}`),
    };
    return { handler, done, givenUp };
  }

  it('I7 what was enqueued before anybody was there is done, once, and so is what comes later', async () => {
    await enqueue('early');
    const { handler, done } = errands();
    runner(handler);
    await eventually(async () => done.length === 1, 15_000);
    await enqueue('late');
    await eventually(async () => done.length === 2 && (await open()) === 0, 15_000);
    expect(done).toEqual(['early', 'late']);
  });

  it('house: of two processes one does the job', async () => {
    const one = errands();
    const two = errands();
    runner(one.handler);
    runner(two.handler);
    for (let index = 0; index < 20; index++) await enqueue(`${index}`);
    await eventually(async () => (await open()) === 0, 30_000);
    expect([...one.done, ...two.done].toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 20 }, (_, index) => `${index}`),
    );
  });

  it('I7 one that fails is tried again later, and given up after the last attempt', async () => {
    const attempts: number[] = [];
    const { handler, done, givenUp } = errands((_, attempt) => {
      attempts.push(attempt);
      throw new Error('nobody at home');
    });
    await enqueue('letter', 3);
    runner(handler);
    await eventually(async () => attempts.length === 1, 15_000);
    const waiting = () =>
      scratch.query(`SELECT 1 FROM graphile_worker._private_jobs WHERE locked_at IS NULL AND run_at > now()`);
    await eventually(async () => (await waiting()).length === 1, 15_000);
    await eventually(async () => {
      await hurry();
      return (await open()) === 0;
    }, 45_000);
    expect(attempts).toEqual([1, 2, 3]);
    expect(givenUp).toEqual(['letter: nobody at home']);
    expect(done).toEqual([]);
  });

  it('I7 one that can never be done is given up at once', async () => {
    const { handler, givenUp } = errands(() => {
      throw new JobGivenUp('moved away');
    });
    await enqueue('letter');
    runner(handler);
    await eventually(async () => (await open()) === 0, 15_000);
    expect(givenUp).toEqual(['letter: moved away']);
  });

  it('I7 a give-up that did not come through is repeated', async () => {
    let tries = 0;
    const { handler } = errands(() => {
      throw new Error('nobody at home');
    });
    const stubborn = {
      ...handler,
      giveUp: async () => {
        if (tries++ === 0) throw new Error('the book is away');
      },
    };
    await enqueue('letter', 1);
    runner(stubborn);
    await eventually(async () => {
      await hurry();
      return (await open()) === 0;
    }, 45_000);
    expect(tries).toBe(2);
  });

  it('I7 what a process died over is done by another', async () => {
    await enqueue('letter', 1);
    await enqueue('parcel', 1);
    // As a process that took both and was killed left them a while ago.
    await scratch.query(
      `UPDATE graphile_worker._private_jobs
       SET locked_at = now() - interval '1 min', locked_by = 'gone', attempts = 1`,
    );
    const { handler, done } = errands();
    runner(handler);
    await eventually(async () => done.length === 2, 30_000);
    expect(done.toSorted()).toEqual(['letter', 'parcel']);
  });

  it('I11 jobs of one queue follow one another; they hold up no other', async () => {
    let free: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      free = resolve;
    });
    const { handler, done } = errands(({ name }) => (name === 'slow' ? held : undefined));
    runner(handler);
    for (const name of ['slow', 'next', 'other']) {
      await scratch.query(
        `SELECT graphile_worker.add_job('errand', json_build_object('name', $1::text), queue_name := $2)`,
        [name, name === 'other' ? 'other' : 'slow'],
      );
    }
    await eventually(async () => done.includes('other'), 15_000);
    await sleep(200);
    expect(done).toEqual(['other']);
    free();
    await eventually(async () => done.length === 3, 15_000);
  });

  it('I15 a runner starts though the database is away, survives its absence, and goes on', async () => {
    const { hostname, port } = new URL(scratch.url);
    const relay = await startTcpRelay({ host: hostname, port: Number(port || 5432) });
    ends.push(() => relay.close());
    const url = new URL(scratch.url);
    url.host = `127.0.0.1:${relay.port}`;
    relay.cut();
    const { handler, done } = errands();
    runner(handler, url.href);
    await enqueue('one');
    await sleep(1_500);
    expect(done).toEqual([]);
    relay.mend();
    await eventually(async () => done.length === 1, 30_000);
    relay.cut();
    await enqueue('two');
    await sleep(1_500);
    relay.mend();
    await eventually(async () => done.length === 2, 45_000);
  }, 120_000);

  it('I9 stopping finishes the job in hand and takes no other', async () => {
    let begun = false;
    const { handler, done } = errands(async () => {
      begun = true;
      await sleep(300);
    });
    const stopped = runner(handler);
    await enqueue('one');
    await eventually(async () => begun, 15_000);
    await stopped.stop();
    expect(done).toEqual(['one']);
    await enqueue('two');
    await sleep(500);
    expect(done).toEqual(['one']);
  });

  it('house: two handlers cannot claim one task, and without any no connection is made', async () => {
    const database = new Database({ url: 'postgres://nobody@127.0.0.1:1/none' });
    const idle = new JobRunner(database);
    idle.start();
    await idle.stop();
    idle.register(errands().handler);
    expect(() => idle.register(errands().handler)).toThrow('two handlers claim the task errand');
    await database.close();
  });

  it('house: the library brings the schema the migrations promise', async () => {
    const [row] = await scratch.query<{ id: number }>('SELECT max(id) AS id FROM graphile_worker.migrations');
    expect(row?.id).toBe(JOB_SCHEMA_REVISION);
  });

  describe('notifications of backchannel requests', () => {
    const jobs = () =>
      scratch.query<{ payload: { id: string }; key: string; due: boolean; attempts: number }>(
        `SELECT payload, key, run_at <= now() AS due, max_attempts AS attempts
         FROM graphile_worker._private_jobs ORDER BY id`,
      );
    async function replica() {
      const opened = openReplica(scratch.url);
      ends.push(() => opened.close());
      return opened;
    }
    const MOST = { perUser: 10, perClient: 10 };

    it('I7 B11 a decision enqueues one for ping and push, and none for poll', async () => {
      const { backchannel } = await replica();
      const environmentId = freshEnvironmentId();
      for (const delivery of ['poll', 'ping'] as const) {
        const made = await backchannel.start(aNewNotifiedRequest({ environmentId, delivery }), MOST);
        expect(await jobs()).toEqual([]);
        const id = 'id' in made ? made.id : '';
        await backchannel.decide(environmentId, id, 'user-alice', anAuthorization());
        await backchannel.decide(environmentId, id, 'user-alice', undefined);
        if (delivery === 'ping') {
          expect(await jobs()).toEqual([
            { payload: { environmentId, id }, key: `backchannel ${id}`, due: true, attempts: 7 },
          ]);
        }
      }
    });

    it('CIBA Core §12 a push is due when the request expires, or when it is decided before', async () => {
      const { backchannel } = await replica();
      const environmentId = freshEnvironmentId();
      const made = await backchannel.start(aNewNotifiedRequest({ environmentId, delivery: 'push' }), MOST);
      const id = 'id' in made ? made.id : '';
      expect(await jobs()).toMatchObject([{ payload: { id }, due: false }]);
      await backchannel.decide(environmentId, id, 'user-alice', undefined);
      expect(await jobs()).toMatchObject([{ payload: { id }, due: true }]);
    });
  });
});
