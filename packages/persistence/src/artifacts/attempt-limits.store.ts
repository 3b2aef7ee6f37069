import { createHash } from 'node:crypto';
import { type AttemptLimit, AttemptLimits } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';

// The library's own way back would give an absent key a point more than it has, and one that is blocked its freedom.
const FORGIVE = statement(
  'attempt_forgive',
  `
  UPDATE attempt_counter
  SET points = points - 1
  WHERE key = $1 AND expire > $2 AND points > 0 AND points < $3`,
);

/**
 * Counters in PostgreSQL, kept by rate-limiter-flexible. Its errors are passed on: without counters nobody may guess (I14).
 * It measures with the clock of the process; some seconds between replicas make a window longer or shorter, nothing more.
 */
@Injectable()
export class PostgresAttemptLimits extends AttemptLimits {
  readonly #limiters = new Map<string, RateLimiterPostgres>();

  constructor(private readonly database: Database) {
    super();
  }

  blockedHere(limit: AttemptLimit, key: string): number {
    const limiter = this.#limiterOf(limit);
    const blocks = limiter as unknown as InMemoryBlocks;
    return seconds(blocks.getInMemoryBlockMsBeforeExpire(limiter.getKey(placeOf(key))));
  }

  async wait(limit: AttemptLimit, key: string): Promise<number> {
    const blockedFor = this.blockedHere(limit, key);
    if (blockedFor > 0) return blockedFor;
    const limiter = this.#limiterOf(limit);
    const counter = await limiter.get(placeOf(key));
    return counter && counter.consumedPoints > limiter.points ? seconds(counter.msBeforeNext) : 0;
  }

  async fail(limit: AttemptLimit, key: string): Promise<number> {
    try {
      await this.#limiterOf(limit).consume(placeOf(key));
      return 0;
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return seconds(refusal.msBeforeNext);
      throw refusal;
    }
  }

  async forgive(limit: AttemptLimit, key: string): Promise<void> {
    const place = this.#limiterOf(limit).getKey(placeOf(key));
    await this.database.execute(FORGIVE, [place, Date.now(), limit.points]);
  }

  async succeed(limit: AttemptLimit, key: string): Promise<void> {
    await this.#limiterOf(limit).delete(placeOf(key));
  }

  #limiterOf({ name, points, window, block }: AttemptLimit): RateLimiterPostgres {
    const known = this.#limiters.get(name);
    if (known) return known;
    const made = new RateLimiterPostgres({
      storeClient: this.database.pool,
      tableName: 'attempt_counter',
      tableCreated: true,
      keyPrefix: name,
      // It blocks with the attempt that goes beyond its points; ours is the last one allowed.
      points: points - 1,
      duration: window,
      blockDuration: block,
      inMemoryBlockOnConsumed: points,
      // Only with a duration of its own does the block in memory leave the one in the table in force.
      inMemoryBlockDuration: block,
      // One of them sweeps the table they share.
      clearExpiredByTimeout: this.#limiters.size === 0,
    });
    this.#limiters.set(name, made);
    return made;
  }
}

/** Part of the library's store class, but not of its type declarations. */
interface InMemoryBlocks {
  getInMemoryBlockMsBeforeExpire(key: string): number;
}

/** Names and addresses are neither bounded nor ours to keep in plain sight. */
function placeOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

function seconds(milliseconds: number): number {
  return Math.ceil(milliseconds / 1000);
}
