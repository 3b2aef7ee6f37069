import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@grantway/conformance';
import type { House, Service } from '../house/house.js';
import type { MixedLoad } from '../load/mixed-load.js';
import type { Recipe } from '../recipe.js';
import type { Trial } from '../trial.js';

/** What a process notices within this many seconds on an idle machine; the catalogue asks for 10. */
const NOTICED_WITHIN = 20;

export const natsRestarts: Recipe = {
  number: 6,
  title: 'NATS restart: killed and started again every 5 s',
  underLoad: true,
  async run(trial) {
    for (const hasTime = trial.lasts(30); hasTime(); ) {
      await sleep(5_000);
      await trial.house.crashNats();
      trial.fault('SIGKILL of nats-server');
      await sleep(trial.random.between(0, 1_000));
      await trial.house.startNats();
    }
  },
};

export const natsFrozen: Recipe = {
  number: 7,
  title: 'NATS frozen: SIGSTOP until everybody says not ready, SIGCONT',
  underLoad: true,
  async run(trial) {
    const { house } = trial;
    const hasTime = trial.lasts(20);
    do {
      const from = Date.now();
      const thaw = house.freezeNats();
      trial.fault('SIGSTOP of nats-server');
      try {
        const silent = await Promise.all(house.processes.map(({ name }) => leaves(trial, name)));
        const noticed = silent.filter(Boolean).length;
        trial.claim(
          'I9',
          noticed === silent.length,
          `${noticed} of ${silent.length} processes said not ready after ${Math.round((Date.now() - from) / 1_000)} s`,
        );
      } finally {
        thaw();
      }
      await trial.load.untilServed(30_000);
    } while (hasTime());
  },
};

export const natsPartition: Recipe = {
  number: 8,
  title: 'NATS partition: one replica of each service in turn loses its link',
  underLoad: true,
  async run(trial) {
    const services: Service[] = ['gateway', 'authorize', 'token', 'device', 'ciba'];
    for (const service of services) await partition(trial, `${service}-1`);
  },
};

async function partition(trial: Trial, name: string): Promise<void> {
  const { house, load } = trial;
  const link = house.linkOf(name);
  const from = Date.now();
  link.silence();
  trial.fault(`link of ${name} down`);
  try {
    const hasLeft = await leaves(trial, name);
    const took = Math.round((Date.now() - from) / 1_000);
    trial.claim('I9', hasLeft, `${name} left rotation after ${took} s`);
    // The bus has to notice as well: until then half of what is asked goes to whoever is not there.
    const version = await house.natsVersion();
    if (seesSilence(version)) {
      const isQuiet = await untilQuiet(load);
      const quietAfter = Math.round((Date.now() - from) / 1_000);
      trial.claim('I15', isQuiet, `without ${name} nothing fails any more after ${quietAfter} s`);
    } else {
      const { missing } = await load.untilServed(30_000);
      trial.claim(
        'I15',
        missing.length === 0,
        `every flow gets through without ${name}; nats-server ${version} goes on sending to it`,
      );
    }
  } finally {
    link.mend();
  }
  const back = await eventually(
    () => missingOf(house, name),
    (missing) => missing?.length === 0,
    NOTICED_WITHIN,
  );
  trial.claim('I15', back?.length === 0, `${name} is back by itself ${back?.join(', ') ?? ''}`);
}

/** Which checks the process's own probe says are failing; undefined where it does not answer. */
async function missingOf(house: House, name: string): Promise<string[] | undefined> {
  try {
    const answer = await fetch(`${house.process(name).healthUrl}/readyz`, { signal: AbortSignal.timeout(2_500) });
    return ((await answer.json()) as { missing?: string[] }).missing ?? [];
  } catch {
    return undefined;
  }
}

/** Whether its own probe says that it has no bus. */
async function leaves({ house }: Trial, name: string): Promise<boolean> {
  const missing = await eventually(
    () => missingOf(house, name),
    (names) => names?.includes('bus') ?? false,
    NOTICED_WITHIN,
  );
  return missing?.includes('bus') ?? false;
}

/** Before 2.10 a nats-server takes whom it sends something to for alive, and asks only those that it has nothing for. */
function seesSilence(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 10);
}

/** Seconds without one failure that count as quiet, and how long that is waited for. */
const QUIET = 3;
const QUIET_WITHIN = 40;

async function untilQuiet({ outcomes }: MixedLoad): Promise<boolean> {
  const failures = () => outcomes.total.unavailable + outcomes.total.reset;
  const until = Date.now() + QUIET_WITHIN * 1_000;
  while (Date.now() < until) {
    const before = failures();
    await sleep(QUIET * 1_000);
    if (failures() === before) return true;
  }
  return false;
}
