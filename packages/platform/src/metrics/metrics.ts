import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds; from a poll answered out of memory to the deadline of the door. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What a process counts, as Prometheus reads it. One of each name, however many ask for it. */
export class Metrics {
  readonly #registry = new Registry();

  /** @param process whether to count what Node itself does (memory, event loop, garbage collection) as well */
  constructor({ process = false }: { process?: boolean } = {}) {
    if (process) collectDefaultMetrics({ register: this.#registry });
  }

  /** @param name with its unit and `_total`: `grantway_grant_decisions_total` */
  counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return this.#known<Counter<Label>>(name) ?? new Counter({ ...this.#common(name, help), labelNames });
  }

  gauge<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Gauge<Label> {
    return this.#known<Gauge<Label>>(name) ?? new Gauge({ ...this.#common(name, help), labelNames });
  }

  /** Of durations in seconds. @param name ends with `_seconds` */
  histogram<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Histogram<Label> {
    return (
      this.#known<Histogram<Label>>(name) ??
      new Histogram({ ...this.#common(name, help), labelNames, buckets: BUCKETS })
    );
  }

  /** The text of `/metrics` and its media type. */
  async page(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  #common(name: string, help: string) {
    return { name, help, registers: [this.#registry] };
  }

  #known<Metric>(name: string): Metric | undefined {
    return this.#registry.getSingleMetric(name) as Metric | undefined;
  }
}
