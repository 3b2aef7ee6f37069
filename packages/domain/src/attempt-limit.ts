/** Counters of wrong guesses, shared by all replicas; they outlive restarts and fail closed (I14). */
export interface AttemptLimit {
  readonly name: string;
  /** Wrong guesses allowed per window. */
  readonly points: number;
  /** Seconds. */
  readonly window: number;
  /**
   * Seconds refused after the last allowed one. Then counting begins anew, so where this is shorter than the window, `points`
   * are what one `block` allows: a delay, not a lock.
   */
  readonly block: number;
}

/**
 * Counted before the password is looked at, so that a burst of parallel guesses gets ten as well: the eleventh waits. Ten in 30
 * seconds, because whoever is guessed at must not be locked out (SE-01).
 */
export const SIGN_ON_PER_USER: AttemptLimit = { name: 'sign-on-user', points: 11, window: 600, block: 30 };
/** Counted before as well, and forgiven to the right one: the hundred and first wrong one waits. */
export const SIGN_ON_PER_ADDRESS: AttemptLimit = { name: 'sign-on-address', points: 101, window: 600, block: 600 };
export const CLIENT_SECRET: AttemptLimit = { name: 'client-secret', points: 49, window: 60, block: 60 };

/**
 * DV-01: guesses at user codes, of whoever is signed on (a new session is no new person), of an address, and of the whole
 * environment. Counted before the code is looked at, and forgiven to the right one: the sixth, the twenty-first and the
 * thousand and first wrong one wait for ten minutes. Where a thousand of 20^8 codes are open, a thousand guesses in ten minutes,
 * which take 50 addresses and 200 accounts, hit one in half a year; five of one account hit one in a century.
 */
export const USER_CODE_PER_SESSION: AttemptLimit = { name: 'user-code-session', points: 6, window: 600, block: 600 };
/** For codes so short that they get half the tries. */
export const SHORT_USER_CODE_PER_SESSION: AttemptLimit = {
  ...USER_CODE_PER_SESSION,
  name: 'short-user-code',
  points: 3,
};
export const USER_CODE_PER_ADDRESS: AttemptLimit = { name: 'user-code-address', points: 21, window: 600, block: 600 };
export const USER_CODE_PER_ENVIRONMENT: AttemptLimit = {
  name: 'user-code-environment',
  points: 1_001,
  window: 600,
  block: 600,
};
/** CB-02: codes for one user's backchannel requests. Counted before the code is looked at: the sixth wrong one waits. */
export const BACKCHANNEL_USER_CODE: AttemptLimit = {
  name: 'backchannel-user-code',
  points: 6,
  window: 600,
  block: 300,
};
/** IR-01: tokens asked about that nobody issued, per caller. */
export const INTROSPECTION_GUESS: AttemptLimit = { name: 'introspection-guess', points: 1_000, window: 60, block: 60 };
/** P2: pushed requests of one client; of a public one, from one address. */
export const PUSHED_REQUESTS: AttemptLimit = { name: 'pushed-requests', points: 1_200, window: 60, block: 10 };
/** DV-07: devices one public client starts from one address, which nothing but an address tells apart: the thirty-first waits. */
export const DEVICE_STARTS: AttemptLimit = { name: 'device-starts', points: 31, window: 600, block: 600 };
/** Recovery, registration and verification messages, counted before they are sent: the twenty-first and the sixth wait. */
export const MESSAGES_PER_ADDRESS: AttemptLimit = { name: 'messages-address', points: 21, window: 600, block: 600 };
export const MESSAGES_PER_USER: AttemptLimit = { name: 'messages-user', points: 6, window: 600, block: 600 };

/** One of the counters a try counts against. */
export type Attempt = readonly [limit: AttemptLimit, key: string];

export abstract class AttemptLimits {
  /** Seconds this process already knows the key must wait; costs no look-up, so hot paths may ask before every try. */
  abstract blockedHere(limit: AttemptLimit, key: string): number;

  /** @returns seconds to wait, 0 when the key is free to try */
  abstract wait(limit: AttemptLimit, key: string): Promise<number>;

  /**
   * Counts a try before it is looked at, so that a burst of parallel ones gets no more than others: against each in turn until
   * one allows no more, and against none while one of them waits.
   *
   * @param attempts one to three
   * @returns seconds to wait, 0 when it may be made
   */
  abstract count(attempts: readonly Attempt[]): Promise<number>;

  /** Counts a wrong guess. @returns seconds to wait before the next, 0 while guesses are left */
  fail(limit: AttemptLimit, key: string): Promise<number> {
    return this.count([[limit, key]]);
  }

  /** Takes one back: what was counted before it was looked at was no wrong guess. A key that waits goes on waiting. */
  abstract forgive(limit: AttemptLimit, key: string): Promise<void>;

  /**
   * A right guess forgives the wrong ones before it.
   *
   * @param shared a counter of others' guesses as well: from that one the right guess itself is taken back, and nothing else
   */
  abstract succeed(limit: AttemptLimit, key: string, shared?: Attempt): Promise<void>;
}
