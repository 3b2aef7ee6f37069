import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { connected } from '../house/query.js';
import type { Recipe } from '../recipe.js';

export const postgresCrashes: Recipe = {
  number: 9,
  title: 'PostgreSQL crash: kill -9 and start again every 10 s',
  underLoad: true,
  async run(trial) {
    const hasTime = trial.lasts(30);
    do {
      await sleep(trial.random.between(3_000, 6_000));
      await trial.house.crashPostgres();
      trial.fault('SIGKILL of PostgreSQL');
      await sleep(trial.random.between(0, 2_000));
      await trial.house.startPostgres();
      await trial.load.untilServed(30_000);
    } while (hasTime());
  },
};

export const postgresFrozen: Recipe = {
  number: 10,
  title: 'PostgreSQL frozen: every session stands still with its connection open',
  underLoad: true,
  async run(trial) {
    const hasTime = trial.lasts(30);
    do {
      const thaw = await trial.house.freezePostgres();
      trial.fault('SIGSTOP of PostgreSQL');
      try {
        await sleep(8_000);
      } finally {
        thaw();
      }
      await trial.load.untilServed(30_000);
    } while (hasTime());
  },
};

export const connectionsCut: Recipe = {
  number: 11,
  title: 'connections cut: pg_terminate_backend on all of ours every second',
  underLoad: true,
  async run(trial) {
    for (const hasTime = trial.lasts(20); hasTime(); ) {
      await sleep(1_000);
      const cut = await trial.house.sql(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'grantway%'`,
      );
      for (const _ of cut) trial.fault('connection terminated');
    }
  },
};

/** Tables without which one thing works and another does not. */
const HOT = ['authorization_record', 'session', 'device_authorization'];

export const poolStarvation: Recipe = {
  number: 12,
  title: 'pool starvation: a hot table locked for 10 s, and max_connections reached',
  underLoad: true,
  async run(trial) {
    const { house, load, random } = trial;
    const hasTime = trial.lasts(30);
    do {
      const table = random.pick(HOT);
      const holder = await connected(house.databaseUrl);
      await holder.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      trial.fault(`lock on ${table}`);
      await sleep(10_000);
      await holder.end(); // Takes its lock along.
      await load.untilServed(30_000);

      const crowd = await everyConnection(house.databaseUrl);
      trial.fault(`all connections taken (${crowd.length} more)`);
      // The pools' own connections are gone too: whoever needs one meets a server that has none.
      await crowd[0]?.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'grantway%'`,
      );
      crowd.push(...(await everyConnection(house.databaseUrl)));
      await sleep(5_000);
      await Promise.all(crowd.map((each) => each.end()));
      await load.untilServed(30_000);
    } while (hasTime());
  },
};

/** As many as the server gives. */
async function everyConnection(url: string): Promise<Client[]> {
  const crowd: Client[] = [];
  for (;;) {
    try {
      crowd.push(await connected(url));
    } catch {
      return crowd;
    }
  }
}
