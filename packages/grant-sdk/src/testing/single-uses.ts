import { randomUUID } from 'node:crypto';
import { type Client, type Environment, isRace } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import type { Issuance } from '../issuance.js';

/** Who an issuance is for, and when the request reached the door. */
export interface SpentBy {
  readonly grantType: string;
  readonly client: Client;
  readonly environment: Environment;
  /** Milliseconds since the epoch. */
  readonly arrivedAt: number;
}

/** What spending left behind. */
export interface Recorded {
  readonly authorizationId?: string;
  readonly refreshToken?: string;
}

/**
 * Spends what an issuance names and records what was allowed, in one step.
 * @throws OAuthError invalid_grant when it was spent before
 */
export type Spender = (issuance: Issuance, by: SpentBy) => Promise<Recorded>;

interface Use {
  readonly at: number;
  readonly authorizationId: string;
}

/** Artifacts of a team's own (`spend: { once }`) in memory, with the verdicts of design section 4.2. */
export class SingleUses {
  readonly #uses = new Map<string, Use>();
  readonly #live = new Set<string>();
  #skew = 0;

  /** Moves the clock of spending; what a grant reads from a clock of its own is not moved. */
  elapse(seconds: number): void {
    this.#skew += seconds * 1_000;
  }

  get now(): number {
    return Date.now() + this.#skew;
  }

  /** Whether what was recorded still stands: a replay of its artifact ends it. */
  isLive(authorizationId: string): boolean {
    return this.#live.has(authorizationId);
  }

  readonly spend: Spender = async ({ spend, authorization }, by) => {
    if (!spend) return authorization.subject.kind === 'user' ? this.#record() : {};
    if (!('once' in spend)) throw new Error(`this harness spends \`once\` alone, not ${Object.keys(spend).join()}`);
    const { id, until } = spend.once;
    const key = JSON.stringify([by.environment.id, by.grantType, id]);
    const use = this.#uses.get(key);
    if (use) throw this.#refuse(use, by.arrivedAt);
    if (until.getTime() <= this.now) throw new OAuthError('invalid_grant', { reason: 'artifact.expired' });
    const recorded = this.#record();
    this.#uses.set(key, { at: this.now, authorizationId: recorded.authorizationId });
    return recorded;
  };

  #record(): { authorizationId: string } {
    const authorizationId = randomUUID();
    this.#live.add(authorizationId);
    return { authorizationId };
  }

  /** A request that was on its way when the first one was done lost a race; a later one may be a thief's. */
  #refuse({ at, authorizationId }: Use, arrivedAt: number): OAuthError {
    if (isRace(this.now - at, arrivedAt, this.now))
      return new OAuthError('invalid_grant', { reason: 'artifact.lost_race' });
    this.#live.delete(authorizationId);
    return new OAuthError('invalid_grant', { reason: 'artifact.replayed' });
  }
}
