import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from '../contenders/contender.js';
import { cpuByName } from '../measure/by-name.js';
import type { Chain, Workload } from '../workloads/workload.js';
import { Connection } from './connection.js';
import { atRate, saturate } from './run.js';
import { percentile } from './statistics.js';

/** As many requests as are answered. */
export interface Saturation {
  /** A second. */
  readonly rps: number;
  /** Seconds of processor time per 1,000 requests, by process. */
  readonly where: Readonly<Record<string, number>>;
  /** The sum of it. */
  readonly cpuPer1000: number;
}

/** Milliseconds a request takes when there is room. */
export interface Calm {
  readonly p50: number;
  readonly p99: number;
}

/** Milliseconds. */
const SATURATED = 3_000;
const CALM = 2_500;
const WARM_UP = 4_000;
/** Until a database has written what it put off, so that a round does not pay for the one before. */
const SETTLING = 300;

/** The connections of one workload to one contender. */
export class Load {
  #rate: number | undefined;

  private constructor(
    private readonly running: Running,
    private readonly chains: readonly Chain[],
    private readonly connections: readonly Connection[],
  ) {}

  static async open(workload: Workload, running: Running): Promise<Load> {
    const connections: Connection[] = [];
    const chains: Chain[] = [];
    for (let n = 0; n < workload.connections; n += 1) {
      const connection = await Connection.open(running.target.token);
      connections.push(connection);
      chains.push(await workload.open(running.target, connection, n));
    }
    return new Load(running, chains, connections);
  }

  async saturate(): Promise<Saturation> {
    this.#rate ??= await this.#warmUp();
    const each = this.#each(this.#rate, SATURATED);
    await this.#stock(each);
    const before = cpuByName(this.running);
    const { requests, took } = await saturate(this.chains, each);
    const after = cpuByName(this.running);
    const parts = [...after].map(([name, seconds]) => [name, ((seconds - (before.get(name) ?? 0)) * 1_000) / requests]);
    const where = Object.fromEntries(parts) as Readonly<Record<string, number>>;
    const cpuPer1000 = Object.values(where).reduce((sum, part) => sum + part, 0);
    this.#rate = (requests * 1_000) / took;
    return { rps: this.#rate, cpuPer1000, where };
  }

  /** @param rate requests a second */
  async calm(rate: number): Promise<Calm> {
    const each = this.#each(rate, CALM);
    await this.#stock(each);
    const { latencies } = await atRate(this.chains, each, rate);
    return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }

  /** Until just-in-time compilers, pools and caches have seen the requests. @returns requests a second */
  async #warmUp(): Promise<number> {
    let rate = 0;
    for (let each = 4, took = 0; took < WARM_UP; each = Math.min(each * 2, this.#most)) {
      await this.#stock(each);
      const run = await saturate(this.chains, each);
      took += run.took;
      rate = (run.requests * 1_000) / run.took;
    }
    return rate;
  }

  #each(rate: number, milliseconds: number): number {
    return Math.min(this.#most, Math.max(2, Math.round((rate * milliseconds) / 1_000 / this.chains.length)));
  }

  get #most(): number {
    return Math.min(...this.chains.map(({ most }) => most ?? Number.POSITIVE_INFINITY));
  }

  async #stock(each: number): Promise<void> {
    await Promise.all(this.chains.map((chain) => chain.stock?.(each)));
    await sleep(SETTLING);
  }
}
