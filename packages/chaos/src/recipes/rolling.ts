import type { Recipe } from '../recipe.js';
import type { Trial } from '../trial.js';

/** The order in which services are replaced; gateways last, for they ask the others. */
const ORDER = ['token', 'authorize', 'device', 'ciba', 'gateway'] as const;

/** Of each service. */
const BOTH = [1, 2] as const;

/**
 * @param cycles times that every process is replaced, one after the other
 * @param replicas which ones of each service
 */
export const rollingRestart = (cycles = 10, replicas: readonly number[] = BOTH): Recipe => ({
  number: 20,
  title: `rolling restart: SIGTERM of every process in turn, ${cycles} cycles`,
  underLoad: true,
  faultless: true,
  async run(trial) {
    const hasTime = trial.lasts(3_600);
    let done = 0;
    const stubborn: string[] = [];
    for (; done < cycles && (done === 0 || hasTime()); done += 1) {
      trial.say(`   cycle ${done + 1} of ${cycles}`);
      stubborn.push(...(await rollAll(trial, replicas)));
    }
    claimEnds(trial, stubborn);
    trial.notes.push(`${done} cycles`);
  },
});

/**
 * Replaces every process: told to stop, waited for until it is gone, started, waited for until it is ready.
 *
 * @returns those that had to be killed
 */
export async function rollAll(trial: Trial, replicas: readonly number[] = BOTH): Promise<string[]> {
  const { house, load } = trial;
  const stubborn: string[] = [];
  for (const service of ORDER) {
    for (const n of replicas) {
      const each = house.process(`${service}-${n}`);
      const before = load.outcomes.total;
      if (!(await each.stop())) stubborn.push(each.name);
      trial.fault('SIGTERM');
      await each.start();
      const after = load.outcomes.total;
      const failed =
        after.unavailable + after.reset + after.forbidden - before.unavailable - before.reset - before.forbidden;
      if (failed > 0) trial.say(`   ${failed} failed while ${each.name} was replaced`);
    }
  }
  return stubborn;
}

export function claimEnds(trial: Trial, stubborn: readonly string[]): void {
  trial.claim(
    'I9',
    stubborn.length === 0,
    `every process that was told to stop ended by itself ${stubborn.join(', ')}`,
  );
}
