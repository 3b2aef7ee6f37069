import { AsyncLocalStorage } from 'node:async_hooks';
import { AuditEvent, AuditEvents } from '@grantway/domain';
import { BeforeApplicationShutdown, OnApplicationShutdown } from '@nestjs/common';
import { Logger } from '../logging/logger.js';
import { Metrics } from '../metrics/metrics.js';

/** An event that is made when it is written: whoever reports it waits for nothing, and does next to nothing. */
export type PendingEvent = () => AuditEvent;

export interface AuditRecorderOptions {
  readonly events: AuditEvents;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly isInfrastructureError: (error: unknown) => boolean;
  /** Events, or events with an outcome (`token.issue/ok`), that are not to be kept. */
  readonly leaveOut?: readonly string[];
  /** Events that may wait. */
  readonly most?: number;
  /** Events that are written together. */
  readonly together?: number;
  /** Milliseconds an event waits for others to be written with it. */
  readonly patience?: number;
}

/** Milliseconds. */
const LONGEST_RETRY = 5_000;
const LAST_CHANCE = 3_000;
const BETWEEN_COMPLAINTS = 10_000;

/**
 * Gathers the events of a process and writes them many at a time (packages/persistence/adr/0007). While they cannot be written they wait, so many and no
 * more; what is lost then is counted and said. No request waits for it, or fails with it.
 */
export class AuditRecorder implements BeforeApplicationShutdown, OnApplicationShutdown {
  /** Else writing would be part of the trace of whichever request came first. */
  readonly #outside = AsyncLocalStorage.snapshot();
  #waiting: PendingEvent[] = [];
  /** What is being written, or is to be written again. */
  #batch: readonly AuditEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #retryIn = 0;
  #lost = 0;
  #complained = Number.NEGATIVE_INFINITY;
  readonly #leaveOut: ReadonlySet<string>;
  readonly #most: number;
  readonly #together: number;
  readonly #patience: number;
  readonly #counters: ReturnType<typeof countersOf>;

  constructor(private readonly options: AuditRecorderOptions) {
    this.#leaveOut = new Set(options.leaveOut);
    this.#most = options.most ?? 10_000;
    this.#together = options.together ?? 500;
    this.#patience = options.patience ?? 200;
    this.#counters = countersOf(options.metrics, () => this.#waiting.length + this.#batch.length);
  }

  /** Whether an operator wants events of this kind. */
  wants(event: string, outcome: string): boolean {
    if (this.#leaveOut.size === 0) return true;
    return !this.#leaveOut.has(event) && !this.#leaveOut.has(`${event}/${outcome}`);
  }

  add(event: PendingEvent): void {
    if (this.#waiting.length >= this.#most) {
      this.#lose('full', 1);
      return;
    }
    const count = this.#waiting.push(event);
    if (this.#writing || this.#retryIn > 0) return;
    if (count >= this.#together) void this.#outside(() => this.#write());
    else this.#timer ??= this.#outside(() => this.#later(this.#patience));
  }

  /** Writes what there is, as long as it can be written. */
  async flush(): Promise<void> {
    do await this.#write();
    while (this.#retryIn === 0 && this.#waiting.length + this.#batch.length > 0);
  }

  /** When requests are answered and the database is still there. */
  beforeApplicationShutdown(): Promise<void> {
    return this.flush();
  }

  /** What jobs reported while they came to their end; and a database that was away may be back. */
  async onApplicationShutdown(): Promise<void> {
    const until = Date.now() + LAST_CHANCE;
    await this.flush();
    while (this.#retryIn > 0 && Date.now() + this.#retryIn < until) {
      await new Promise((resolve) => setTimeout(resolve, this.#retryIn));
      await this.flush();
    }
    clearTimeout(this.#timer);
    this.#lose('stopped', this.#waiting.length + this.#batch.length);
    this.#waiting = [];
    this.#batch = [];
  }

  #later(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => void this.#write(), milliseconds).unref();
  }

  #write(): Promise<void> {
    this.#writing ??= this.#writeBatch().finally(() => {
      this.#writing = undefined;
      clearTimeout(this.#timer);
      this.#timer = undefined;
      if (this.#retryIn > 0) this.#timer = this.#later(this.#retryIn);
      else if (this.#waiting.length >= this.#together) void this.#write();
      else if (this.#waiting.length > 0) this.#timer = this.#later(this.#patience);
    });
    return this.#writing;
  }

  async #writeBatch(): Promise<void> {
    if (this.#batch.length === 0) this.#batch = this.#waiting.splice(0, this.#together).map((make) => make());
    if (this.#batch.length === 0) return;
    try {
      await this.options.events.record(this.#batch);
      this.#counters.written.inc(this.#batch.length);
      this.#retryIn = 0;
      this.#batch = [];
    } catch (error) {
      this.#troubled(error);
    }
  }

  #troubled(error: unknown): void {
    if (this.options.isInfrastructureError(error)) {
      this.#retryIn = Math.min(LONGEST_RETRY, Math.max(this.#patience, this.#retryIn * 2));
      return;
    }
    // Trying again would not help, and those behind would wait for ever.
    this.options.logger.error({ err: error, count: this.#batch.length }, 'audit events cannot be written');
    this.#lose('refused', this.#batch.length);
    this.#batch = [];
    this.#retryIn = 0;
  }

  #lose(why: 'full' | 'refused' | 'stopped', count: number): void {
    if (count === 0) return;
    this.#counters.lost.inc({ why }, count);
    this.#lost += count;
    if (performance.now() - this.#complained < BETWEEN_COMPLAINTS && why !== 'stopped') return;
    this.#complained = performance.now();
    this.options.logger.error({ count: this.#lost, why }, 'audit events are lost; their lines in the log are not');
    this.#lost = 0;
  }
}

function countersOf(metrics: Metrics, waiting: () => number) {
  metrics.gauge('grantway_audit_waiting', 'Audit events that are not written yet.', [], (gauge) =>
    gauge.set(waiting()),
  );
  const lost = metrics.counter(
    'grantway_audit_lost_total',
    'Audit events that are in the log alone: the queue was full, PostgreSQL refused them, or the process stopped without it.',
    ['why'],
  );
  // Prometheus takes no notice of a line whose first value is its only one.
  for (const why of ['full', 'refused', 'stopped']) lost.inc({ why }, 0);
  return { written: metrics.counter('grantway_audit_written_total', 'Audit events written to the table.', []), lost };
}
