/** A clock that stands until it is moved, so that a test of expiry needs no waiting. */
export class TestClock {
  #now: number;

  constructor(start = Date.UTC(2026, 10, 1, 12)) {
    this.#now = start;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#now;
  }

  date(): Date {
    return new Date(this.#now);
  }

  /** Milliseconds since 1970, `seconds` from now. */
  after(seconds: number): number {
    return this.#now + seconds * 1000;
  }

  elapse(seconds: number): void {
    this.#now += seconds * 1000;
  }
}
