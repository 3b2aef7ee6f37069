import { createHmac, randomInt } from 'node:crypto';
import { UserCodeFormat } from './environment.js';

const ALPHABETS = {
  // RFC 8628 §6.1: no vowels, so no words; no lookalikes.
  consonants: 'BCDFGHJKLMNPQRSTVWXZ',
  letters: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789',
} as const satisfies Record<UserCodeFormat['characters'], string>;

/** Longer codes are read in groups of at most this many. */
const LARGEST_GROUP = 4;
const LONGEST_UNBROKEN = 6;

/** DV-01: below this many bits a code lives short and allows half the guesses. */
const ENOUGH_BITS = 32;
/** Seconds. */
const LONGEST_SHORT_CODE_LIFE = 300;

/** What keyboards and messengers make of a hyphen: dashes, minus signs, soft hyphens, spaces of every width. */
const BETWEEN = /[\s\p{Pd}\p{Cf}\u2212]/gu;

/** The codes a person types from a device's screen (RFC 8628 §6.1). */
export class UserCodes {
  /**
   * @param key 32 bytes derived from the installation's master key for `user-code`
   * @param below a number from 0 up to, but not including, its argument; each as likely as the other
   */
  constructor(
    private readonly key: Buffer,
    private readonly below: (limit: number) => number = randomInt,
  ) {}

  /** A new code as the device shows it, `WDJB-MJHT`. */
  draw({ characters, length }: UserCodeFormat): string {
    const alphabet = ALPHABETS[characters];
    return grouped(Array.from({ length }, () => alphabet[this.below(alphabet.length)]).join(''));
  }

  /** What was meant, however it was typed (D7). */
  canonical(text: string): string {
    return forgiven(text);
  }

  /** As the device shows it. */
  spelled(canonical: string): string {
    return grouped(canonical);
  }

  /** All that is stored. Keyed, because so short a code could be found by trying them all (CO-11). */
  hash(environmentId: string, canonical: string): Buffer {
    return createHmac('sha256', this.key).update(`${environmentId}|${canonical}`).digest();
  }
}

/** A code as it was meant, however it was typed: case, width, and what is between the characters do not count. */
export function forgiven(code: string): string {
  return code.normalize('NFKC').replace(BETWEEN, '').toUpperCase();
}

/** DV-01: a format so short that its codes must not be open for long or guessed at often. */
export function isShortUserCode({ characters, length }: UserCodeFormat): boolean {
  return length * Math.log2(ALPHABETS[characters].length) < ENOUGH_BITS;
}

/** Seconds a code of this format may be open. */
export function userCodeLifetime(format: UserCodeFormat, wanted: number): number {
  return isShortUserCode(format) ? Math.min(wanted, LONGEST_SHORT_CODE_LIFE) : wanted;
}

function grouped(code: string): string {
  if (code.length <= LONGEST_UNBROKEN) return code;
  const size = Math.ceil(code.length / Math.ceil(code.length / LARGEST_GROUP));
  return code.replace(new RegExp(`.{${size}}(?=.)`, 'g'), '$&-');
}
