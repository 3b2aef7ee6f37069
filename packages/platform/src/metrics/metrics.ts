import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { HotCounter, HotHistogram, SECONDS } from './hot-metrics.js';
import { VERSION } from './version.js';

/** Milliseconds a gauge may take to find out what it says. */
const MOST_COLLECTING = 1_000;

/** Sets what a gauge says, asked whenever the page is read. */
export type Collect<Label extends string> = (gauge: Gauge<Label>) => Promise<void> | void;

/** What a process counts, as Prometheus reads it. One of each name, however many ask for it. */
export class Metrics {
  readonly #registry = new Registry();

  /** @param process whether to count what Node itself does (memory, event loop, garbage collection) as well */
  constructor({ process = false }: { process?: boolean } = {}) {
    if (!process) return;
    collectDefaultMetrics({ register: this.#registry });
    this.gauge('grantway_build_info', 'What runs here; always 1.', ['version']).set({ version: VERSION }, 1);
  }

  /** @param name with its unit and `_total`: `grantway_grant_decisions_total` */
  counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return this.#known<Counter<Label>>(name) ?? new Counter({ ...this.#common(name, help), labelNames });
  }

  /** @param collect one that fails, or hangs, leaves the gauge out of the page and harms nothing else */
  gauge<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    collect?: Collect<Label>,
  ): Gauge<Label> {
    const known = this.#known<Gauge<Label>>(name);
    if (known) return known;
    const asking = collect && {
      collect(this: Gauge<Label>) {
        return asked(this, collect, labelNames);
      },
    };
    return new Gauge({ ...this.#common(name, help), labelNames, ...asking });
  }

  /** Of durations in seconds. @param name ends with `_seconds` */
  histogram<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Histogram<Label> {
    return (
      this.#known<Histogram<Label>>(name) ??
      new Histogram({ ...this.#common(name, help), labelNames, buckets: [...SECONDS] })
    );
  }

  /** A counter for what every request passes. @param name as {@link counter} has it */
  hotCounter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): HotCounter<Label> {
    return this.#known<HotCounter<Label>>(name) ?? this.#kept(new HotCounter(name, help, labelNames));
  }

  /** Durations of what every request passes. @param name as {@link histogram} has it */
  hotHistogram<Label extends string>(name: string, help: string, labelNames: readonly Label[]): HotHistogram<Label> {
    return this.#known<HotHistogram<Label>>(name) ?? this.#kept(new HotHistogram(name, help, labelNames));
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

  #kept<Metric extends HotCounter<string> | HotHistogram<string>>(metric: Metric): Metric {
    this.#registry.registerMetric(metric as never);
    return metric;
  }
}

async function asked<Label extends string>(
  gauge: Gauge<Label>,
  collect: Collect<Label>,
  labelNames: readonly Label[],
): Promise<void> {
  // What is no more must not be said again.
  gauge.reset();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('too slow')), MOST_COLLECTING);
  });
  try {
    await Promise.race([collect(gauge), late]);
  } catch {
    gauge.reset();
    // One without labels would say 0.
    if (labelNames.length === 0) gauge.remove();
  } finally {
    clearTimeout(timer);
  }
}
