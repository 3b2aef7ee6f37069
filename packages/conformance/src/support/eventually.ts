import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again until the answer is the one hoped for; for what travels between processes.
 * @returns the last answer either way, so that the assertion that follows shows it
 */
export async function eventually<T>(ask: () => Promise<T>, hoped: (answer: T) => boolean, seconds = 15): Promise<T> {
  const until = Date.now() + seconds * 1_000;
  for (;;) {
    const answer = await ask();
    if (hoped(answer) || Date.now() > until) return answer;
    await sleep(50);
  }
}
