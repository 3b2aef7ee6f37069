import type { AttemptLimit } from '@grantway/domain';
import { freshEnvironmentId, inParallel, type World, worldOf } from './world.js';

/** Time may really go by in this suite, so the block is short. */
const LIMIT: AttemptLimit = { name: 'contract', points: 3, window: 60, block: 2 };

export function describeAttemptLimits(name: string, open: () => Promise<World>): void {
  describe(`AttemptLimits: ${name}`, () => {
    const world = worldOf(open);
    const attempts = () => world().replicas[0].attempts;
    const elsewhere = () => world().replicas[1].attempts;

    async function failed(times: number, key: string): Promise<number[]> {
      const waits: number[] = [];
      for (let time = 0; time < times; time++) waits.push(await attempts().fail(LIMIT, key));
      return waits;
    }

    it('SE-01 the last wrong guess allowed blocks the key, on every replica', async () => {
      const key = freshEnvironmentId();
      expect(await attempts().wait(LIMIT, key)).toBe(0);
      expect(await failed(2, key)).toEqual([0, 0]);
      expect([await attempts().wait(LIMIT, key), await elsewhere().wait(LIMIT, key)]).toEqual([0, 0]);
      expect(await attempts().fail(LIMIT, key)).toBe(LIMIT.block);
      for (const replica of [attempts(), elsewhere()]) {
        const wait = await replica.wait(LIMIT, key);
        expect(wait).toBeGreaterThan(0);
        expect(wait).toBeLessThanOrEqual(LIMIT.block);
      }
    });

    it('SE-01 guesses at different replicas count together', async () => {
      const key = freshEnvironmentId();
      expect(await attempts().fail(LIMIT, key)).toBe(0);
      expect(await elsewhere().fail(LIMIT, key)).toBe(0);
      expect(await attempts().fail(LIMIT, key)).toBe(LIMIT.block);
      expect(await elsewhere().wait(LIMIT, key)).toBeGreaterThan(0);
    });

    it('SE-01 parallel wrong guesses count each', async () => {
      const key = freshEnvironmentId();
      await inParallel(world(), LIMIT.points, (stores) => stores.attempts.fail(LIMIT, key));
      expect(await elsewhere().wait(LIMIT, key)).toBeGreaterThan(0);
    });

    it('house: where the block was seen, it is known without a look-up', async () => {
      const key = freshEnvironmentId();
      expect(attempts().blockedHere(LIMIT, key)).toBe(0);
      await failed(LIMIT.points, key);
      expect(attempts().blockedHere(LIMIT, key)).toBeGreaterThan(0);
    });

    it('SE-01 the block ends by itself, and guessing starts anew', async () => {
      const key = freshEnvironmentId();
      await failed(LIMIT.points, key);
      await world().elapse(LIMIT.block + 0.1);
      expect([await attempts().wait(LIMIT, key), await elsewhere().wait(LIMIT, key)]).toEqual([0, 0]);
      expect(await failed(LIMIT.points, key)).toEqual([0, 0, LIMIT.block]);
    });

    it('SE-01 a right guess forgives the wrong ones before it', async () => {
      const key = freshEnvironmentId();
      await failed(LIMIT.points - 1, key);
      await elsewhere().succeed(LIMIT, key);
      expect(await failed(LIMIT.points - 1, key)).toEqual([0, 0]);
    });

    it('DV-01 one taken back is one more allowed, on whichever replica, and never more than were counted', async () => {
      const key = freshEnvironmentId();
      await failed(LIMIT.points - 1, key);
      await elsewhere().forgive(LIMIT, key);
      expect(await failed(2, key)).toEqual([0, LIMIT.block]);

      const fresh = freshEnvironmentId();
      await attempts().forgive(LIMIT, fresh);
      await failed(1, fresh);
      for (let time = 0; time < LIMIT.points; time++) await attempts().forgive(LIMIT, fresh);
      expect(await failed(LIMIT.points, fresh)).toEqual([0, 0, LIMIT.block]);
    });

    it('DV-01 parallel tries that are taken back each leave nothing behind', async () => {
      const key = freshEnvironmentId();
      for (let round = 0; round < LIMIT.points; round++) {
        await inParallel(world(), LIMIT.points - 1, (stores) => stores.attempts.fail(LIMIT, key));
        await inParallel(world(), LIMIT.points - 1, (stores) => stores.attempts.forgive(LIMIT, key));
      }
      expect(await failed(LIMIT.points, key)).toEqual([0, 0, LIMIT.block]);
    });

    it('DV-01 a key that waits goes on waiting', async () => {
      const key = freshEnvironmentId();
      await failed(LIMIT.points, key);
      await elsewhere().forgive(LIMIT, key);
      for (const replica of [attempts(), elsewhere()]) expect(await replica.wait(LIMIT, key)).toBeGreaterThan(0);
    });

    it('SE-01 a try counts against each of its keys in turn, up to the first that allows no more', async () => {
      const [own, shared] = [freshEnvironmentId(), freshEnvironmentId()];
      const other = { ...LIMIT, name: 'contract-shared' };
      const tried = (key: string) =>
        attempts().count([
          [LIMIT, key],
          [other, shared],
        ]);
      expect([await tried(own), await tried(own), await tried(own)]).toEqual([0, 0, LIMIT.block]);
      // The third was not counted against the shared one, which has one left.
      expect(await tried(freshEnvironmentId())).toBe(LIMIT.block);
    });

    it('SE-01 while one of its keys waits, a try counts against none', async () => {
      const [own, shared] = [freshEnvironmentId(), freshEnvironmentId()];
      const other = { ...LIMIT, name: 'contract-shared' };
      for (let time = 0; time < LIMIT.points; time++) await attempts().fail(other, shared);
      for (const replica of [attempts(), elsewhere(), elsewhere()]) {
        const tried = replica.count([
          [LIMIT, own],
          [other, shared],
        ]);
        expect(await tried).toBeGreaterThan(0);
      }
      expect(await failed(LIMIT.points, own)).toEqual([0, 0, LIMIT.block]);
    });

    it('SE-01 of parallel tries with two keys as many are let through as the stricter one allows', async () => {
      const [own, shared] = [freshEnvironmentId(), freshEnvironmentId()];
      const wide = { ...LIMIT, name: 'contract-shared', points: 100 };
      const waits = await inParallel(world(), 20, (stores) =>
        stores.attempts.count([
          [LIMIT, own],
          [wide, shared],
        ]),
      );
      expect(waits.filter((wait) => wait === 0)).toHaveLength(LIMIT.points - 1);
    });

    it('SE-01 a right guess takes itself, and no more, back from a shared counter', async () => {
      const [own, shared] = [freshEnvironmentId(), freshEnvironmentId()];
      const other = { ...LIMIT, name: 'contract-shared' };
      const tried = () =>
        attempts().count([
          [LIMIT, own],
          [other, shared],
        ]);
      expect([await tried(), await tried()]).toEqual([0, 0]);
      await elsewhere().succeed(LIMIT, own, [other, shared]);
      expect([await tried(), await tried()]).toEqual([0, LIMIT.block]);
    });

    it('SE-01 parallel tries and right guesses of one person do not lock one another out', async () => {
      const [own, shared] = [freshEnvironmentId(), freshEnvironmentId()];
      const [mine, other] = [
        { ...LIMIT, name: 'contract-many', points: 1_000 },
        { ...LIMIT, name: 'contract-shared', points: 1_000 },
      ];
      const begun = performance.now();
      await inParallel(world(), 40, async (stores) => {
        await stores.attempts.count([
          [mine, own],
          [other, shared],
        ]);
        await stores.attempts.succeed(mine, own, [other, shared]);
      });
      // PostgreSQL looks for deadlocks after a second.
      expect(performance.now() - begun).toBeLessThan(1_000);
    });

    it('MT-03 keys and limits do not know one another', async () => {
      const key = freshEnvironmentId();
      await failed(LIMIT.points, key);
      expect(await attempts().wait(LIMIT, `${key}-other`)).toBe(0);
      expect(await attempts().wait({ ...LIMIT, name: 'contract-other' }, key)).toBe(0);
    });

    it('house: a key may be as long and as strange as a stranger likes', async () => {
      const key = `${'x'.repeat(5000)}\0${freshEnvironmentId()}`;
      expect(await failed(LIMIT.points, key)).toEqual([0, 0, LIMIT.block]);
      expect(await attempts().wait(LIMIT, `${key}y`)).toBe(0);
    });
  });
}
