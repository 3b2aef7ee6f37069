import { createHash, randomUUID } from 'node:crypto';
import { MOST_ONE_TIME_CODE_TRIES, NOBODYS_CODE, type OneTimeCodeKey } from '@grantway/domain';
import { freshEnvironmentId, inParallel, type World, worldOf } from './world.js';

const LIFETIME = 300;
const hash = (code: string): Buffer => createHash('sha256').update(code).digest();

export function describeOneTimeCodes(name: string, open: () => Promise<World>): void {
  describe(`OneTimeCodes: ${name}`, () => {
    const world = worldOf(open);
    const codes = () => world().replicas[0].oneTimeCodes;

    const fresh = (): OneTimeCodeKey => ({
      ...{ environmentId: freshEnvironmentId(), purpose: 'recovery', flowId: randomUUID(), userId: 'user-alice' },
    });

    async function issued(code = 'RIGHT', key = fresh()) {
      await codes().issue(key, hash(code), LIFETIME);
      const redeem = (guess: string, replica: 0 | 1 = 1) =>
        world().replicas[replica].oneTimeCodes.redeem(key, hash(guess));
      return { key, redeem };
    }

    it('CVE-2026-22751 the right code counts once, on whichever replica', async () => {
      const { redeem } = await issued();
      expect(await redeem('WRONG')).toBe(false);
      expect(await redeem('RIGHT')).toBe(true);
      expect(await redeem('RIGHT')).toBe(false);
      expect(await redeem('RIGHT', 0)).toBe(false);
    });

    it('CVE-2026-22751 of 50 at once one counts', async () => {
      const { key } = await issued();
      const tries = await inParallel(world(), 50, ({ oneTimeCodes }) => oneTimeCodes.redeem(key, hash('RIGHT')));
      expect(tries.filter(Boolean)).toHaveLength(1);
    });

    it('SE-05 the fifth try is the last, the right one included; parallel ones count each', async () => {
      const { redeem } = await issued();
      for (let tries = 1; tries < MOST_ONE_TIME_CODE_TRIES; tries++) expect(await redeem('WRONG')).toBe(false);
      expect(await redeem('RIGHT')).toBe(true);

      const guessed = await issued();
      await Promise.all(
        Array.from({ length: MOST_ONE_TIME_CODE_TRIES }, (_, n) => guessed.redeem(`WRONG ${n}`, n % 2 ? 1 : 0)),
      );
      expect(await guessed.redeem('RIGHT')).toBe(false);
    });

    it('house: a new code replaces the one before, and its tries', async () => {
      const { key, redeem } = await issued('FIRST');
      for (let tries = 0; tries < MOST_ONE_TIME_CODE_TRIES; tries++) await redeem('WRONG');
      await codes().issue(key, hash('SECOND'), LIFETIME);
      expect(await redeem('FIRST')).toBe(false);
      expect(await redeem('SECOND')).toBe(true);
    });

    it('house: is over when its time is', async () => {
      const { redeem } = await issued();
      await world().elapse(LIFETIME + 1);
      expect(await redeem('RIGHT')).toBe(false);
    });

    it('CVE-2026-18963 another flow’s code is another code: asking and guessing there changes nothing here', async () => {
      const { key, redeem } = await issued();
      const other = await issued('OTHER', { ...key, flowId: randomUUID() });
      for (let tries = 0; tries < MOST_ONE_TIME_CODE_TRIES; tries++) expect(await other.redeem('RIGHT')).toBe(false);
      expect(await redeem('OTHER')).toBe(false);
      expect(await redeem('RIGHT')).toBe(true);
    });

    it('SE-02 a code in the name of nobody takes its place as others do', async () => {
      const { key } = await issued();
      const { redeem } = await issued('DECOY', { ...key, userId: NOBODYS_CODE });
      expect(await codes().redeem(key, hash('RIGHT'))).toBe(false);
      expect(await redeem('WRONG')).toBe(false);
      expect(await redeem('DECOY')).toBe(true);
    });

    it('house: an expired code may be replaced, by its own flow and by others', async () => {
      const { key } = await issued();
      await world().elapse(LIFETIME + 1);
      const again = await issued('AGAIN', key);
      const other = await issued('OTHER');
      expect([await again.redeem('AGAIN'), await other.redeem('OTHER')]).toEqual([true, true]);
    });

    it('MT-01 another environment’s, purpose’s, flow’s or person’s is another code', async () => {
      const { key, redeem } = await issued();
      const others: Partial<OneTimeCodeKey>[] = [
        { environmentId: freshEnvironmentId() },
        { purpose: 'verification' },
        { flowId: randomUUID() },
        { flowId: 'no flow' },
        { userId: 'user-bob' },
        { userId: '\0' },
      ];
      for (const other of others) expect(await codes().redeem({ ...key, ...other }, hash('RIGHT'))).toBe(false);
      expect(await redeem('RIGHT')).toBe(true);
    });
  });
}
