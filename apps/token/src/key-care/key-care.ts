import { KeyStep } from '@grantway/domain';
import { EventLog, Logger, Metrics } from '@grantway/platform';
import { KeyRotation } from '@grantway/token-signing';
import { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';

/** Milliseconds between two looks; a step is late by no more. */
const INTERVAL = 5_000;
/** Milliseconds until the same failure is told again. */
const TOLD_AGAIN = 600_000;

const EVENTS = { follow: 'key.announce', activate: 'key.activate', retire: 'key.retire' } as const;

/**
 * Rotates the keys of every environment, as each process of the token service does: whoever looks first takes a step, the others find
 * it taken. A timer and no job, because what is due stands in the table and cannot be lost (token-signing/adr/0002).
 */
export class KeyCare implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | undefined;
  readonly #stopping = new AbortController();
  readonly #told = new Map<string, number>();
  readonly #steps;

  constructor(
    private readonly rotation: KeyRotation,
    private readonly events: EventLog,
    private readonly logger: Logger,
    metrics: Metrics,
    private readonly interval = INTERVAL,
  ) {
    this.#steps = metrics.counter(
      'grantway_key_steps_total',
      'Steps of signing keys (follow, activate, retire): done here, or failed.',
      ['step', 'outcome'],
    );
  }

  onApplicationBootstrap(): void {
    this.#schedule(Math.random() * this.interval);
  }

  /** Waits for a step in hand. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#sweeping;
  }

  /** Takes what is due now; never rejects. */
  async sweep(): Promise<void> {
    try {
      const { done, failed } = await this.rotation.sweep(this.#stopping.signal);
      for (const { environmentId, kid, algorithm, step } of done) {
        this.#steps.inc({ step, outcome: 'done' });
        this.events.done({ environmentId }, EVENTS[step], { kid, alg: algorithm });
      }
      for (const { step, error } of failed) this.#complain(step, error);
    } catch {
      // Away, or not migrated yet: readiness says so, and it passes.
    }
  }

  #complain({ environmentId, kid, algorithm, step }: KeyStep, error: unknown): void {
    this.#steps.inc({ step, outcome: 'failed' });
    const name = `${environmentId}/${kid}/${step}`;
    const now = performance.now();
    if (now < (this.#told.get(name) ?? 0)) return;
    this.#told.set(name, now + TOLD_AGAIN);
    const fields = { environment: environmentId, event: EVENTS[step], kid, alg: algorithm, err: error };
    this.logger.error(fields, 'signing key: a step failed');
  }

  #schedule(wait: number): void {
    if (this.#stopping.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#sweeping = this.sweep().finally(() => this.#schedule(this.interval * (0.8 + Math.random() * 0.4)));
    }, wait);
    this.#timer.unref();
  }
}
