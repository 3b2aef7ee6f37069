/** Counters of wrong guesses, shared by all replicas; they outlive restarts and fail closed (I14). */
export interface AttemptLimit {
  readonly name: string;
  /** Wrong guesses allowed per window. */
  readonly points: number;
  /** Seconds. */
  readonly window: number;
  /** Seconds refused after the last allowed one. */
  readonly block: number;
}

/** Counted before the password is looked at, so that a burst of parallel guesses gets ten as well: the eleventh waits. */
export const SIGN_ON_PER_USER: AttemptLimit = { name: 'sign-on-user', points: 11, window: 600, block: 30 };
export const SIGN_ON_PER_ADDRESS: AttemptLimit = { name: 'sign-on-address', points: 100, window: 600, block: 60 };
export const CLIENT_SECRET: AttemptLimit = { name: 'client-secret', points: 49, window: 60, block: 60 };

export abstract class AttemptLimits {
  /** Seconds this process already knows the key must wait; costs no look-up, so hot paths may ask before every try. */
  abstract blockedHere(limit: AttemptLimit, key: string): number;

  /** @returns seconds to wait, 0 when the key is free to try */
  abstract wait(limit: AttemptLimit, key: string): Promise<number>;

  /** Counts a wrong guess. @returns seconds to wait before the next, 0 while guesses are left */
  abstract fail(limit: AttemptLimit, key: string): Promise<number>;

  /** A right guess forgives the wrong ones before it. */
  abstract succeed(limit: AttemptLimit, key: string): Promise<void>;
}
