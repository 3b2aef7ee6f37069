import type { Target } from '../contenders/contender.js';
import { Connection } from '../load/connection.js';
import { atRate } from '../load/run.js';
import { W5 } from '../workloads/people.js';
import type { Chain } from '../workloads/workload.js';

/** What came of a round of exchanges. */
export interface Exchanged {
  /** Milliseconds of each. */
  readonly latencies: readonly number[];
  /** How many were not answered as they must be. */
  readonly failed: number;
}

/** A few browsers, signed on, whose applications exchange authorization codes at a steady rate. */
export class Exchanges {
  #failed = 0;

  private constructor(
    private readonly chains: readonly Chain[],
    private readonly connections: readonly Connection[],
  ) {}

  static async open(target: Target, browsers: number): Promise<Exchanges> {
    const connections: Connection[] = [];
    const chains: Chain[] = [];
    for (let n = 0; n < browsers; n += 1) {
      const connection = await Connection.open(target.token);
      connections.push(connection);
      chains.push(await W5.open(target, connection, n));
    }
    return new Exchanges(chains, connections);
  }

  /** Gets the codes of a round, which is not measured. @param requests of all browsers together */
  async stock(requests: number): Promise<void> {
    await Promise.all(this.chains.map((chain) => chain.stock?.(this.#each(requests))));
  }

  /** @param rate exchanges a second, of all browsers together */
  async run(requests: number, rate: number): Promise<Exchanged> {
    this.#failed = 0;
    const chains = this.chains.map((chain) => ({ next: () => this.#next(chain) }));
    const { latencies } = await atRate(chains, this.#each(requests), rate);
    return { latencies, failed: this.#failed };
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }

  async #next(chain: Chain): Promise<void> {
    await chain.next().catch(() => {
      this.#failed += 1;
    });
  }

  #each(requests: number): number {
    return Math.ceil(requests / this.chains.length);
  }
}
