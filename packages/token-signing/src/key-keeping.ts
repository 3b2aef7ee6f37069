import { SigningKey, SigningKeys } from '@grantway/domain';

/** Milliseconds. What a verifier forgives: a token it still takes although it has expired needs its key as well. */
const FORGIVEN = 300_000;
/** Milliseconds a key is kept beyond what is needed now, so that asking for more is rare. */
const AHEAD = 6 * 3_600_000;
/** Milliseconds from which on it is asked ahead of time, while nobody waits for it. */
const EARLY = AHEAD / 2;
/** Milliseconds between two attempts while nobody waits. */
const PAUSE = 1_000;

/**
 * Sees to it that no token outlives its key (design section 6): before one is signed, the key is kept until after it expires. That
 * is written a few times a day and compared the rest of the time.
 */
export class KeyKeeping {
  readonly #asking = new Map<string, { readonly until: number; readonly answer: Promise<boolean> }>();
  readonly #notBefore = new Map<string, number>();

  constructor(private readonly keys: SigningKeys) {}

  /**
   * @param exp seconds since 1970; when what is to be signed expires
   * @returns false when the key must not sign any more
   */
  async cover({ environmentId, kid, keptUntil }: SigningKey, exp: number): Promise<boolean> {
    const needed = exp * 1000 + FORGIVEN;
    const left = (keptUntil?.getTime() ?? 0) - needed;
    if (left >= EARLY) return true;
    if (left < 0) return this.#keep(environmentId, kid, needed);
    this.#keepAtLeisure(environmentId, kid, needed);
    return true;
  }

  #keepAtLeisure(environmentId: string, kid: string, needed: number): void {
    const now = performance.now();
    if (now < (this.#notBefore.get(kid) ?? 0)) return;
    this.#notBefore.set(kid, now + PAUSE);
    // Storage may be away; there is time.
    this.#keep(environmentId, kid, needed).then(
      () => this.#notBefore.delete(kid),
      () => {},
    );
  }

  /** Those who want the same at the same time ask once. */
  #keep(environmentId: string, kid: string, needed: number): Promise<boolean> {
    const name = `${environmentId}/${kid}`;
    const asking = this.#asking.get(name);
    if (asking && asking.until >= needed) return asking.answer;
    const until = needed + AHEAD;
    const answer = this.keys.keep(environmentId, kid, new Date(until)).finally(() => {
      if (this.#asking.get(name)?.answer === answer) this.#asking.delete(name);
    });
    this.#asking.set(name, { until, answer });
    return answer;
  }
}
