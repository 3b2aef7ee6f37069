import { createHmac, randomInt } from 'node:crypto';
import { forgiven, OneTimeCodeKey } from '@grantway/domain';

/** Digits and capitals no font makes look alike. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const LENGTH = 8;

/** Codes that are sent to people (seeds 1.4): drawn, and forgiven how they are typed. */
export class OneTimeCodeBook {
  /** @param key 32 bytes derived from the installation's master key for `one-time-code` */
  constructor(
    private readonly key: Buffer,
    private readonly below: (limit: number) => number = randomInt,
  ) {}

  draw(): string {
    return Array.from({ length: LENGTH }, () => ALPHABET[this.below(ALPHABET.length)]).join('');
  }

  /** All that is stored. Keyed, because so short a code could be found by trying them all (CO-11). */
  hash({ environmentId, purpose, flowId, userId }: OneTimeCodeKey, typed: string): Buffer {
    // As JSON no two lists of parts have the same text, wherever somebody puts a separator.
    return createHmac('sha256', this.key)
      .update(JSON.stringify([environmentId, purpose, flowId, userId, forgiven(typed)]))
      .digest();
  }
}
