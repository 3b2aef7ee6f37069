import type { Recipe } from '../recipe.js';
import { natsFrozen, natsPartition, natsRestarts } from './bus.js';
import { connectionsCut, poolStarvation, postgresCrashes, postgresFrozen } from './database.js';
import { failpointSweep } from './failpoint-sweep.js';
import { freeze } from './freeze.js';
import { halvedAnswers } from './halved-answers.js';
import { keyRotation } from './key-rotation.js';
import { killLottery } from './kill-lottery.js';
import { noResponders } from './no-responders.js';
import { notifications } from './notifications.js';
import { races } from './races.js';
import { rollingRestart } from './rolling.js';
import { versions } from './versions.js';

/** In the order of their numbers. */
export const RECIPES: readonly Recipe[] = [
  ...[races(), killLottery, failpointSweep, freeze, noResponders(), natsRestarts, natsFrozen, natsPartition],
  ...[postgresCrashes, postgresFrozen, connectionsCut, poolStarvation, halvedAnswers, notifications],
  ...[keyRotation, rollingRestart(), versions()],
];
