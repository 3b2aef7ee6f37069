/** Seconds; from a poll answered out of memory to the deadline of the door. */
export const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

type Labels<Label extends string> = Readonly<Record<Label, string>>;

/** One line of a counter; whoever counts holds on to it, so that counting is an addition. */
export class CounterSeries {
  value = 0;
}

/** One set of buckets of a histogram. */
export class HistogramSeries {
  readonly counts: Float64Array;
  sum = 0;

  constructor(private readonly bounds: readonly number[]) {
    this.counts = new Float64Array(bounds.length + 1);
  }

  /** @param seconds as long as it took */
  observe(seconds: number): void {
    let bucket = 0;
    while (bucket < this.bounds.length && seconds > (this.bounds[bucket] as number)) bucket += 1;
    this.counts[bucket] = (this.counts[bucket] as number) + 1;
    this.sum += seconds;
  }
}

interface Sample {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/**
 * A metric of a hot path, in the shape in which prom-client's registry asks for one. prom-client's own look their labels up, and
 * check them, at every count; these give a series out once, and the rest happens when somebody reads the page.
 */
abstract class HotMetric<Label extends string, Series> {
  abstract readonly type: 'counter' | 'histogram';
  readonly aggregator = 'sum';
  readonly #series = new Map<string, { readonly labels: Labels<Label>; readonly series: Series }>();

  constructor(
    readonly name: string,
    readonly help: string,
    private readonly labelNames: readonly Label[],
  ) {}

  /** The same one for the same labels, whoever asks. To be kept: finding it costs more than counting. */
  series(labels: Labels<Label>): Series {
    const key = JSON.stringify(this.labelNames.map((name) => labels[name]));
    const known = this.#series.get(key);
    if (known) return known.series;
    const made = { labels, series: this.make() };
    this.#series.set(key, made);
    return made.series;
  }

  async get() {
    const values = [...this.#series.values()].flatMap(({ labels, series }) => this.samples(labels, series));
    return { name: this.name, help: this.help, type: this.type, aggregator: this.aggregator, values };
  }

  protected abstract make(): Series;
  protected abstract samples(labels: Labels<Label>, series: Series): Sample[];
}

export class HotCounter<Label extends string> extends HotMetric<Label, CounterSeries> {
  readonly type = 'counter';

  protected make(): CounterSeries {
    return new CounterSeries();
  }

  protected samples(labels: Labels<Label>, { value }: CounterSeries): Sample[] {
    return [{ labels, value }];
  }
}

/** Of durations in seconds. */
export class HotHistogram<Label extends string> extends HotMetric<Label, HistogramSeries> {
  readonly type = 'histogram';

  protected make(): HistogramSeries {
    return new HistogramSeries(SECONDS);
  }

  protected samples(labels: Labels<Label>, { counts, sum }: HistogramSeries): Sample[] {
    let count = 0;
    const buckets = [...SECONDS, '+Inf'].map((le, at) => {
      count += counts[at] ?? 0;
      return { metricName: `${this.name}_bucket`, labels: { ...labels, le }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: count },
    ];
  }
}
