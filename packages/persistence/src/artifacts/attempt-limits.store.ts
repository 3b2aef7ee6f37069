import { hash } from 'node:crypto';
import { type Attempt, type AttemptLimit, AttemptLimits } from '@grantway/domain';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';

/** The table keeps times in milliseconds. */
const NOW = '(extract(epoch FROM now()) * 1000)::bigint';

const WAIT = statement(
  'attempt_wait',
  `
  SELECT key, (expire - ${NOW})::float8 AS milliseconds
  FROM attempt_counter
  WHERE key = $1 AND points >= $2 AND expire > ${NOW}`,
);

/** By how many counters a try counts against. */
const COUNT = [countAgainst(1), countAgainst(2), countAgainst(3)] as const;

// An absent key has nothing to give back, and one that waits goes on waiting.
const FORGIVE = statement(
  'attempt_forgive',
  `
  UPDATE attempt_counter
  SET points = points - 1
  WHERE key = $1 AND points > 0 AND points < $2 AND expire > ${NOW}`,
);

const SUCCEED = statement(
  'attempt_succeed',
  `
  DELETE FROM attempt_counter
  WHERE key = $1`,
);

// Counting locks the key before the shared one, so the same is waited for here.
const SUCCEED_AND_FORGIVE = statement(
  'attempt_succeed_and_forgive',
  `
  WITH succeeded AS (
    DELETE FROM attempt_counter
    WHERE key = $1
    RETURNING 1
  )
  UPDATE attempt_counter
  SET points = points - 1
  WHERE key = $2 AND points > 0 AND points < $3 AND expire > ${NOW}
    AND (SELECT count(*) FROM succeeded) >= 0`,
);

// It waits for nobody's row, so whoever holds one and waits for another of the swept waits in no circle.
const SWEEP = statement(
  'attempt_sweep',
  `
  DELETE FROM attempt_counter
  WHERE key = ANY (ARRAY(
    SELECT key
    FROM attempt_counter
    WHERE expire < ${NOW}
    LIMIT $1
    FOR UPDATE SKIP LOCKED
  ))`,
);

/** Milliseconds. */
const SWEEP_EVERY = 300_000;

/** Rows at once, so that no sweep runs into the time limit of statements. */
const SWEPT_AT_ONCE = 10_000;

/** So many blocks are kept before those that are over are looked for. */
const MANY_BLOCKS = 1_000;

interface Blocked {
  readonly key: string;
  readonly milliseconds: number;
}

/** Counters in PostgreSQL. Its errors are passed on: without counters nobody may guess (I14). */
@Injectable()
export class PostgresAttemptLimits extends AttemptLimits implements OnModuleDestroy {
  /** Until when, by the clock of this process, a key is known to wait. */
  readonly #blocked = new Map<string, number>();
  readonly #sweeping: NodeJS.Timeout;

  constructor(private readonly database: Database) {
    super();
    // Missed once, it is done the next time.
    this.#sweeping = setInterval(() => void this.sweep().catch(() => {}), SWEEP_EVERY).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.#sweeping);
  }

  blockedHere(limit: AttemptLimit, key: string): number {
    return this.#blocked.size === 0 ? 0 : this.#secondsOf(placeOf([limit, key]));
  }

  async wait(limit: AttemptLimit, key: string): Promise<number> {
    const place = placeOf([limit, key]);
    return this.#secondsOf(place) || this.#remember(await this.database.query<Blocked>(WAIT, [place, limit.points]));
  }

  async count(attempts: readonly Attempt[]): Promise<number> {
    const counted = COUNT[attempts.length - 1];
    if (!counted) throw new Error(`a try counts against one to three keys, not ${attempts.length}`);
    const places = attempts.map(placeOf);
    const seconds = Math.max(...places.map((place) => this.#secondsOf(place)));
    if (seconds > 0) return seconds;
    const values = attempts.flatMap(([{ points, window, block }], at) => [places[at], points, window, block]);
    return this.#remember(await this.database.query<Blocked>(counted, values));
  }

  async forgive(limit: AttemptLimit, key: string): Promise<void> {
    await this.database.execute(FORGIVE, [placeOf([limit, key]), limit.points]);
  }

  async succeed(limit: AttemptLimit, key: string, shared?: Attempt): Promise<void> {
    const place = placeOf([limit, key]);
    if (shared) await this.database.execute(SUCCEED_AND_FORGIVE, [place, placeOf(shared), shared[0].points]);
    else await this.database.execute(SUCCEED, [place]);
    this.#blocked.delete(place);
  }

  /** Removes the counters whose time is over. */
  async sweep(): Promise<void> {
    while ((await this.database.execute(SWEEP, [SWEPT_AT_ONCE])) === SWEPT_AT_ONCE);
  }

  #secondsOf(place: string): number {
    const left = (this.#blocked.get(place) ?? 0) - performance.now();
    return left > 0 ? Math.ceil(left / 1000) : 0;
  }

  /** @returns the longest wait, in seconds */
  #remember(found: readonly Blocked[]): number {
    const now = performance.now();
    if (this.#blocked.size >= MANY_BLOCKS) {
      for (const [place, until] of this.#blocked) if (until <= now) this.#blocked.delete(place);
    }
    for (const { key, milliseconds } of found) this.#blocked.set(key, now + milliseconds);
    return Math.max(0, ...found.map(({ milliseconds }) => Math.ceil(milliseconds / 1000)));
  }
}

/**
 * Counts a try against `n` keys, whose rows it locks in their order, and returns those that allow no more. The try that uses a key
 * up sets how long it waits.
 */
function countAgainst(n: number) {
  const keys = Array.from({ length: n }, (_, at) => {
    const [key, points, window, block] = [1, 2, 3, 4].map((parameter) => `$${at * 4 + parameter}`);
    return { key, points, window, block, before: at === 0 ? undefined : `counted${at}`, name: `counted${at + 1}` };
  });
  const before = keys.map(
    ({ key, points }) => `
    SELECT key, expire
    FROM attempt_counter
    WHERE key = ${key} AND points >= ${points} AND expire > ${NOW}`,
  );
  const counted = keys.map(
    ({ key, points, window, block, before: previous, name }, at) => `${name} AS (
    INSERT INTO attempt_counter AS counter (key, points, expire)
    SELECT ${key}::text, 1, ${NOW} + 1000 * CASE WHEN ${points}::int > 1 THEN ${window}::int ELSE ${block}::int END
    ${previous ? `FROM ${previous} WHERE points < ${keys[at - 1]?.points}` : 'WHERE NOT EXISTS (SELECT FROM waiting)'}
    ON CONFLICT (key) DO UPDATE
    SET points = CASE WHEN counter.expire > ${NOW} THEN counter.points + 1 ELSE 1 END,
        expire = CASE WHEN counter.expire <= ${NOW} THEN excluded.expire
                      WHEN counter.points + 1 = ${points} THEN ${NOW} + 1000 * ${block}
                      ELSE counter.expire END
    RETURNING key, points, expire
  )`,
  );
  const usedUp = keys.map(({ points, name }) => `SELECT key, expire FROM ${name} WHERE points >= ${points}`);
  return statement(
    `attempt_count_${n}`,
    `
  WITH waiting AS (${before.join('\n    UNION ALL')}
  ), ${counted.join(', ')}
  SELECT key, (expire - ${NOW})::float8 AS milliseconds
  FROM (
    ${['SELECT key, expire FROM waiting', ...usedUp].join('\n    UNION ALL ')}
  ) AS blocked`,
  );
}

/** Names and addresses are neither bounded nor ours to keep in plain sight. */
function placeOf([{ name }, key]: Attempt): string {
  return `${name}:${hash('sha256', key, 'base64url')}`;
}
