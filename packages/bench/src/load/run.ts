import { setTimeout as sleep } from 'node:timers/promises';
import type { Chain } from '../workloads/workload.js';

/** What came of a number of requests. */
export interface Run {
  readonly requests: number;
  /** Milliseconds of each. */
  readonly latencies: readonly number[];
  /** Milliseconds of all of it. */
  readonly took: number;
}

/**
 * Every chain sends its requests one after the other, as fast as they are answered.
 *
 * @param each requests of each chain
 */
export async function saturate(chains: readonly Chain[], each: number): Promise<Run> {
  return measure(chains, each, (chain, _, latencies) => sendAll(chain, each, latencies));
}

/**
 * The chains send at a steady rate, whether or not the one before was answered: who is late at that, waits, and its request is older
 * when it is sent.
 *
 * @param rate requests a second, of all chains together
 */
export async function atRate(chains: readonly Chain[], each: number, rate: number): Promise<Run> {
  const between = (1_000 * chains.length) / rate;
  const begun = performance.now();
  return measure(chains, each, async (chain, n, latencies) => {
    for (let sent = 0; sent < each; sent += 1) {
      const due = begun + between * (sent + n / chains.length);
      const early = due - performance.now();
      if (early > 1) await sleep(early);
      // A timer that wakes us late is not the server's doing; an answer that came late is.
      const from = early > 0 ? performance.now() : due;
      await chain.next();
      latencies.push(performance.now() - from);
    }
  });
}

async function sendAll(chain: Chain, count: number, latencies: number[]): Promise<void> {
  for (let sent = 0; sent < count; sent += 1) {
    const from = performance.now();
    await chain.next();
    latencies.push(performance.now() - from);
  }
}

async function measure(
  chains: readonly Chain[],
  each: number,
  send: (chain: Chain, n: number, latencies: number[]) => Promise<void>,
): Promise<Run> {
  const latencies: number[] = [];
  const begun = performance.now();
  await Promise.all(chains.map((chain, n) => send(chain, n, latencies)));
  return { requests: chains.length * each, latencies, took: performance.now() - begun };
}
