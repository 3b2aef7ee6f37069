/** Tells how long something took, in seconds. */
export interface Durations {
  observe(seconds: number): void;
}

/**
 * What a process is measured with, as far as this room has something to tell: the rooms below and beside it provide it (platform's
 * `Metrics` does), under their own token.
 */
export interface Measures {
  /** What it says now is asked by `collect`, whenever somebody reads it. */
  gauge<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    collect: (gauge: { set(labels: Readonly<Record<Label, string>>, value: number): void }) => Promise<void> | void,
  ): unknown;

  hotCounter<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
  ): { series(labels: Readonly<Record<Label, string>>): { value: number } };

  hotHistogram<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
  ): { series(labels: Readonly<Record<Label, string>>): Durations };
}

/** For those who run nothing that anybody measures: commands and tests. */
export const NOTHING_MEASURED: Measures = {
  gauge: () => undefined,
  hotCounter: () => ({ series: () => ({ value: 0 }) }),
  hotHistogram: () => ({ series: () => ({ observe: () => {} }) }),
};
