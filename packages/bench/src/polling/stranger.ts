import { setTimeout as sleep } from 'node:timers/promises';
import { obey } from './helper-process.js';

/** Milliseconds of work in one piece, about what a service does before it waits for somebody. */
const PIECE = 2;

let share = 0;

/** Burns its share of a core, in small pieces; it shares nothing else with anybody. */
async function burn(): Promise<void> {
  for (let owed = 0, last = performance.now(); ; ) {
    const now = performance.now();
    owed = Math.min(20, owed + (now - last) * share);
    last = now;
    if (owed >= PIECE) {
      for (const until = process.cpuUsage().user + PIECE * 1_000; process.cpuUsage().user < until; ) Math.hypot(1, 2);
      owed -= PIECE;
    } else await sleep(1);
    // Orders are heard between two pieces.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

void burn();
obey<{ readonly share: number }, object>(async (order) => {
  share = order.share;
  return {};
});
