/**
 * What one step of an honest client came to: served; refused by a verdict that the fault explains; 503 with Retry-After; the connection
 * broke; and, never, anything else.
 */
export const OUTCOMES = ['ok', 'verdict', 'unavailable', 'reset', 'forbidden'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** How often each outcome came, by step. */
export class Outcomes {
  readonly #counts = new Map<string, Record<Outcome, number>>();
  /** The first forbidden ones, in words. */
  readonly wrong: string[] = [];
  /** When a flow was last served, in milliseconds since the epoch. */
  readonly lastServed = new Map<string, number>();

  note(flow: string, step: string, outcome: Outcome, detail = ''): void {
    const name = `${flow}: ${step}`;
    const counts = this.#counts.get(name) ?? { ok: 0, verdict: 0, unavailable: 0, reset: 0, forbidden: 0 };
    counts[outcome] += 1;
    this.#counts.set(name, counts);
    if (outcome === 'ok') this.lastServed.set(flow, Date.now());
    const told = `${name}: ${detail}`;
    if (outcome === 'forbidden' && this.wrong.length < 20 && !this.wrong.includes(told)) this.wrong.push(told);
  }

  get byStep(): Readonly<Record<string, Record<Outcome, number>>> {
    return Object.fromEntries(this.#counts);
  }

  get total(): Record<Outcome, number> {
    const total = { ok: 0, verdict: 0, unavailable: 0, reset: 0, forbidden: 0 };
    for (const counts of this.#counts.values()) for (const outcome of OUTCOMES) total[outcome] += counts[outcome];
    return total;
  }
}
