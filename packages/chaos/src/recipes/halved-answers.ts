import { setTimeout as sleep } from 'node:timers/promises';
import type { Recipe } from '../recipe.js';

/** Of the answers; a client tries again, and has to get through. */
const CUT = 0.3;

export const halvedAnswers: Recipe = {
  number: 17,
  title: 'halved answers: the connection is reset in the middle of three answers in ten',
  underLoad: true,
  async run(trial) {
    const { balancer } = trial.house;
    balancer.cutsNext = () => {
      const isCut = trial.random.next() < CUT;
      if (isCut) trial.fault('reset halfway through an answer');
      return isCut;
    };
    try {
      for (const hasTime = trial.lasts(30); hasTime(); ) await sleep(250);
    } finally {
      balancer.cutsNext = () => false;
    }
  },
};
