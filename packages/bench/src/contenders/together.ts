import { atTheEnd } from './at-the-end.js';
import type { Contender, Running } from './contender.js';

/** A contender that runs. */
export interface Entrant {
  readonly contender: Contender;
  readonly running: Running;
}

/** Starts them, one after the other, and ends them all, whatever came of it. */
export async function together<Result>(
  contenders: readonly Contender[],
  measure: (entrants: readonly Entrant[]) => Promise<Result>,
): Promise<Result> {
  const end = atTheEnd();
  try {
    const entrants: Entrant[] = [];
    for (const contender of contenders) {
      const running = await contender.start();
      end.first(() => running.stop());
      entrants.push({ contender, running });
    }
    return await measure(entrants);
  } finally {
    await end.now();
  }
}
