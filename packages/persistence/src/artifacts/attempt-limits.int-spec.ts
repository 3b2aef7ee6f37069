import type { AttemptLimit } from '@grantway/domain';
import { eventually } from '@grantway/testing';
import type { QueryConfig, QueryResult } from 'pg';
import { postgresWorld } from '../../test/postgres-world.js';
import { PostgresAttemptLimits } from './attempt-limits.store.js';

const LIMIT: AttemptLimit = { name: 'sql', points: 4, window: 600, block: 600 };
const SHARED: AttemptLimit = { name: 'sql-shared', points: 1_000, window: 600, block: 600 };

/** What the contract cannot bring about: rows that are over, and rows somebody holds. */
describe('PostgresAttemptLimits', () => {
  let world: Awaited<ReturnType<typeof postgresWorld>>;
  beforeAll(async () => {
    world = await postgresWorld();
  });
  afterEach(() => world.scratch.query('DELETE FROM attempt_counter'));
  afterAll(() => world.close());

  const keys = () => world.scratch.query<{ key: string; points: number }>('SELECT key, points FROM attempt_counter');
  const areWaiting = async (times: number) => {
    const [row] = await world.scratch.query<{ waiting: number }>(
      `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return row?.waiting === times;
  };
  const passTime = () => world.scratch.query('UPDATE attempt_counter SET expire = expire - 600001');

  /** From both replicas at once. @returns how many were let through */
  async function letThrough(times: number, user: (n: number) => string, address: (n: number) => string) {
    const waits = await Promise.all(
      Array.from({ length: times }, (_, n) =>
        world.replicas[n % 2 === 0 ? 0 : 1].attempts.count([
          [LIMIT, user(n)],
          [SHARED, address(n)],
        ]),
      ),
    );
    return waits.filter((wait) => wait === 0).length;
  }

  it('SE-01 of parallel tries at a key whose window has just run out as many are let through as at a new one', async () => {
    const alice = () => 'alice';
    expect(await letThrough(LIMIT.points - 1, alice, alice)).toBe(LIMIT.points - 1);
    await passTime();
    expect(await letThrough(20, alice, alice)).toBe(LIMIT.points - 1);
    // Over once more, this time after a block, which no process still remembers.
    await passTime();
    expect(await new PostgresAttemptLimits(world.replicas[0].database).count([[LIMIT, 'alice']])).toBe(0);
  });

  it('SE-01 of parallel tries at a key with one left one is let through', async () => {
    const bob = () => 'bob';
    expect(await letThrough(LIMIT.points - 2, bob, bob)).toBe(LIMIT.points - 2);
    expect(await letThrough(20, bob, bob)).toBe(1);
  });

  it('house: a try and a right guess at the same keys wait for one another in a queue, not in a circle', async () => {
    const [{ attempts, database }, elsewhere] = world.replicas;
    const tried = [
      [LIMIT, 'dave'],
      [SHARED, 'office'],
    ] as const;
    expect(await attempts.count(tried)).toBe(0);
    const refused: unknown[] = [];
    const query = database.pool.query.bind(database.pool) as (config: QueryConfig) => Promise<QueryResult>;
    // A deadlock is retried, so it shows nowhere else.
    const watched = (config: QueryConfig) =>
      query(config).catch((error: { code?: unknown }) => {
        refused.push(error.code);
        throw error;
      });
    Object.assign(database.pool, { query: watched });
    const holder = await elsewhere.database.pool.connect();
    try {
      await holder.query('BEGIN');
      await holder.query(`SELECT FROM attempt_counter WHERE key LIKE 'sql-shared:%' FOR UPDATE`);
      const right = attempts.succeed(...tried[0], tried[1]);
      await eventually(() => areWaiting(1));
      const again = attempts.count(tried);
      await eventually(() => areWaiting(2));
      await holder.query('ROLLBACK');
      expect(await Promise.all([right, again])).toEqual([undefined, 0]);
    } finally {
      holder.release();
      Reflect.deleteProperty(database.pool, 'query');
    }
    expect(refused).toEqual([]);
  });

  it('house: a sweep takes what is over and nothing else, and waits for nobody', async () => {
    await world.replicas[0].attempts.count([
      [LIMIT, 'over'],
      [SHARED, 'over and held'],
    ]);
    await passTime();
    await world.replicas[0].attempts.count([[LIMIT, 'alive']]);
    const holder = await world.replicas[0].database.pool.connect();
    try {
      await holder.query('BEGIN');
      await holder.query(`SELECT FROM attempt_counter WHERE key LIKE 'sql-shared:%' FOR UPDATE`);
      await world.replicas[1].attempts.sweep();
      expect(await keys()).toHaveLength(2);
      await holder.query('ROLLBACK');
    } finally {
      holder.release();
    }
    await world.replicas[1].attempts.sweep();
    expect(await keys()).toMatchObject([{ key: expect.stringMatching(/^sql:/), points: 1 }]);
  });
});
