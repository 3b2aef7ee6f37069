import { SigningAlgorithm, SigningPolicy } from './environment.js';
import { KeyState, SigningKey } from './signing-key.js';

/** Seconds; where an environment says nothing. */
export const DEFAULT_KEY_TIMES = { rotateEvery: 7_776_000, announceFor: 900 } as const;

/**
 * Seconds. What we say of keys may be this old before anybody caches it: the gateway answers from its memory for 300 while the
 * token service is away, and a process that cannot reach the database believes what it read 30 ago.
 */
const OLD_AT_MOST = 330;
const LONGEST_JWKS_CACHE = 300;

/** Seconds; with less, nobody could cache the key set at all. */
export const SHORTEST_ANNOUNCEMENT = OLD_AT_MOST + 1;

/** How long others may cache an environment's key set, in seconds: a key is announced for longer before it signs (I8). */
export function jwksMaxAge({ announceFor = DEFAULT_KEY_TIMES.announceFor }: SigningPolicy): number {
  return Math.max(0, Math.min(LONGEST_JWKS_CACHE, announceFor - OLD_AT_MOST));
}

/** `follow`: the named key has signed long enough, and the next one is to be announced. */
export type KeyStepName = 'follow' | 'activate' | 'retire';

export interface KeyStep {
  readonly environmentId: string;
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly step: KeyStepName;
}

/** A key as it is remembered, also when it is long retired. */
export interface KeyRecord {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly state: KeyState;
  readonly announcedAt: Date;
  /** When it may sign at the earliest, or since when it did. */
  readonly activeFrom: Date;
  readonly retiringAt?: Date;
  readonly keptUntil?: Date;
  readonly retiredAt?: Date;
}

/**
 * What becomes of keys as time goes by (design section 6). Every method that writes is one conditional write by the database's
 * clock, so that any number of processes may try the same step: one takes it, and the others learn that it is taken.
 */
export abstract class KeySchedule {
  /** Steps that are due in any environment, keys to activate oldest first. @param most how many at once */
  abstract due(most: number): Promise<readonly KeyStep[]>;

  /** Announces `key` if the active key of its algorithm is due to be followed. @returns false when it is not, or no longer */
  abstract follow(key: SigningKey): Promise<boolean>;

  /** An announced key signs from now on, and the one before it no more. @returns false when it is not announced for long enough */
  abstract activate(environmentId: string, kid: string): Promise<boolean>;

  /** Forgets a retiring key when all that it signed has expired. @returns false when it is not time */
  abstract retire(environmentId: string, kid: string): Promise<boolean>;

  /**
   * Emergency: from now on the key neither signs nor verifies. If it was active, `replacement` (of the same algorithm) is active in
   * its place.
   *
   * @returns what it was, or undefined when it was retired or none of ours
   */
  abstract remove(kid: string, replacement: SigningKey): Promise<KeyState | undefined>;

  /** All keys an environment ever had, oldest first. */
  abstract records(environmentId: string): Promise<readonly KeyRecord[]>;
}
