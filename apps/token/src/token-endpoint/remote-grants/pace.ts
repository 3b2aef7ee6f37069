/** So that nobody fills our memory with keys. */
const MOST_KEYS = 10_000;

/** Counts by key, span by span, so that a flood costs us next to nothing. */
export class Pace {
  #span = 0;
  readonly #counts = new Map<string, number>();

  /**
   * @param most of one key in a span
   * @param length of a span, in milliseconds
   * @param now milliseconds that only go up
   */
  constructor(
    private readonly most: number,
    private readonly length: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** `exceeded` once in each span in which it is, for the log; then `silenced` until that span is over. */
  take(key: string, amount = 1): 'kept' | 'exceeded' | 'silenced' {
    const span = Math.floor(this.now() / this.length);
    if (span !== this.#span || this.#counts.size >= MOST_KEYS) this.#counts.clear();
    this.#span = span;
    const before = this.#counts.get(key) ?? 0;
    const count = before + amount;
    this.#counts.set(key, count);
    if (count <= this.most) return 'kept';
    return before <= this.most ? 'exceeded' : 'silenced';
  }
}
