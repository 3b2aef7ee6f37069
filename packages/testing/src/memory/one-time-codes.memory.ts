import {
  CodeMessages,
  type CodeRequest,
  MOST_ONE_TIME_CODE_TRIES,
  type OneTimeCodeKey,
  OneTimeCodes,
} from '@grantway/domain';
import type { TestClock } from './test-clock.js';

interface Row {
  readonly userId: string;
  readonly codeHash: Uint8Array;
  expiresAt: number;
  tries: number;
}

export class MemoryOneTimeCodes extends OneTimeCodes {
  readonly #rows = new Map<string, Row>();

  constructor(private readonly clock: TestClock) {
    super();
  }

  async issue(key: OneTimeCodeKey, codeHash: Uint8Array, lifetime: number): Promise<void> {
    const row = { userId: key.userId, codeHash, expiresAt: this.clock.after(lifetime), tries: 0 };
    this.#rows.set(placeOf(key), row);
  }

  async redeem(key: OneTimeCodeKey, codeHash: Uint8Array): Promise<boolean> {
    const row = this.#rows.get(placeOf(key));
    if (!row || row.userId !== key.userId) return false;
    if (row.expiresAt <= this.clock.now() || row.tries >= MOST_ONE_TIME_CODE_TRIES) return false;
    row.tries++;
    const redeemed = Buffer.from(row.codeHash).equals(Buffer.from(codeHash));
    if (redeemed) row.expiresAt = this.clock.now();
    return redeemed;
  }
}

function placeOf({ environmentId, purpose, flowId }: OneTimeCodeKey): string {
  return JSON.stringify([environmentId, purpose, flowId]);
}

/** Only remembers what was asked for. */
export class MemoryCodeMessages extends CodeMessages {
  readonly requested: CodeRequest[] = [];

  async request(code: CodeRequest): Promise<void> {
    this.requested.push(code);
  }
}
