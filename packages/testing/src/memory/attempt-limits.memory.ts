import { type Attempt, type AttemptLimit, AttemptLimits } from '@grantway/domain';
import type { TestClock } from './test-clock.js';

interface Counter {
  failures: number;
  expiresAt: number;
}

export class MemoryAttemptLimits extends AttemptLimits {
  readonly #counters = new Map<string, Counter>();

  constructor(private readonly clock: TestClock) {
    super();
  }

  blockedHere(limit: AttemptLimit, key: string): number {
    const counter = this.#counter(limit, key);
    if (!counter || counter.failures < limit.points) return 0;
    return Math.ceil((counter.expiresAt - this.clock.now()) / 1000);
  }

  async wait(limit: AttemptLimit, key: string): Promise<number> {
    return this.blockedHere(limit, key);
  }

  async count(attempts: readonly Attempt[]): Promise<number> {
    let seconds = Math.max(...attempts.map(([limit, key]) => this.blockedHere(limit, key)));
    for (const [limit, key] of attempts) seconds ||= this.#count(limit, key);
    return seconds;
  }

  #count(limit: AttemptLimit, key: string): number {
    const counter = this.#counter(limit, key) ?? { failures: 0, expiresAt: this.clock.after(limit.window) };
    counter.failures++;
    if (counter.failures === limit.points) counter.expiresAt = this.clock.after(limit.block);
    this.#counters.set(placeOf(limit, key), counter);
    return this.blockedHere(limit, key);
  }

  async forgive(limit: AttemptLimit, key: string): Promise<void> {
    const counter = this.#counter(limit, key);
    if (counter && counter.failures > 0 && counter.failures < limit.points) counter.failures--;
  }

  async succeed(limit: AttemptLimit, key: string, shared?: Attempt): Promise<void> {
    this.#counters.delete(placeOf(limit, key));
    if (shared) await this.forgive(...shared);
  }

  #counter(limit: AttemptLimit, key: string): Counter | undefined {
    const counter = this.#counters.get(placeOf(limit, key));
    return counter && counter.expiresAt > this.clock.now() ? counter : undefined;
  }
}

function placeOf(limit: AttemptLimit, key: string): string {
  return `${limit.name} ${key}`;
}
