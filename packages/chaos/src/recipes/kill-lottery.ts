import { setTimeout as sleep } from 'node:timers/promises';
import type { Recipe } from '../recipe.js';

export const killLottery: Recipe = {
  number: 2,
  title: 'kill lottery: SIGKILL of any process every 2–5 s',
  underLoad: true,
  async run(trial) {
    const { house, random } = trial;
    for (const hasTime = trial.lasts(60); hasTime(); ) {
      await sleep(random.between(2_000, 5_000));
      const victim = random.pick(house.processes);
      await victim.kill();
      trial.fault(`SIGKILL ${victim.name}`);
      await victim.start();
    }
  },
};
