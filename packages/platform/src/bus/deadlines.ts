/** Something that waits, until it is over or late. */
export interface Waiting {
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  late(): void;
}

/** A timer for longer than 24 days would ring at once. */
const LONGEST_TIMER_MS = 60_000;

/**
 * Tells those who wait when they are late. All share one timer, set for the first of them: nearly everything is over long before
 * its deadline, and a timer of its own for each would cost more than the rest of the waiting.
 */
export class Deadlines {
  readonly #waiting = new Set<Waiting>();
  #timer: NodeJS.Timeout | undefined;
  #rings = Number.POSITIVE_INFINITY;

  add(waiting: Waiting): void {
    this.#waiting.add(waiting);
    if (waiting.deadline < this.#rings) this.#setTimer(waiting.deadline);
  }

  delete(waiting: Waiting): void {
    this.#waiting.delete(waiting);
  }

  #setTimer(deadline: number): void {
    clearTimeout(this.#timer);
    this.#rings = deadline;
    const wait = Math.min(Math.max(0, deadline - Date.now()), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => this.#ring(), wait).unref();
  }

  #ring(): void {
    this.#rings = Number.POSITIVE_INFINITY;
    const now = Date.now();
    let next = Number.POSITIVE_INFINITY;
    for (const waiting of this.#waiting) {
      if (waiting.deadline <= now) {
        this.#waiting.delete(waiting);
        waiting.late();
      } else next = Math.min(next, waiting.deadline);
    }
    if (next < this.#rings) this.#setTimer(next);
  }
}
