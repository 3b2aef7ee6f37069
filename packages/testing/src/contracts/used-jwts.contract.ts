import { freshEnvironmentId, inParallel, type World, worldOf } from './world.js';

/** @param now the clock the stores go by, in milliseconds */
export function describeUsedJwts(name: string, open: () => Promise<World>, now: () => number): void {
  describe(`UsedJwts: ${name}`, () => {
    const world = worldOf(open);
    const inAnHour = () => new Date(now() + 3_600_000);

    it('CA-07 the first use counts and the second does not, on every replica', async () => {
      const [environmentId, exp] = [freshEnvironmentId(), inAnHour()];
      const [here, there] = world().replicas;
      expect(await here.usedJwts.use(environmentId, 'assertion app', 'jti-1', exp)).toBe(true);
      expect(await here.usedJwts.use(environmentId, 'assertion app', 'jti-1', exp)).toBe(false);
      expect(await there.usedJwts.use(environmentId, 'assertion app', 'jti-1', exp)).toBe(false);
    });

    it('CA-07 of 20 at once one counts', async () => {
      const [environmentId, exp] = [freshEnvironmentId(), inAnHour()];
      const uses = await inParallel(world(), 20, ({ usedJwts }) => usedJwts.use(environmentId, 'app', 'jti-1', exp));
      expect(uses.filter((counts) => counts)).toHaveLength(1);
    });

    it('CA-07 MT-01 another jti, owner or environment is another JWT', async () => {
      const [environmentId, other, exp] = [freshEnvironmentId(), freshEnvironmentId(), inAnHour()];
      const { usedJwts } = world().replicas[0];
      expect(await usedJwts.use(environmentId, 'app', 'jti-1', exp)).toBe(true);
      expect(await usedJwts.use(environmentId, 'app', 'jti-2', exp)).toBe(true);
      expect(await usedJwts.use(environmentId, 'other', 'jti-1', exp)).toBe(true);
      expect(await usedJwts.use(other, 'app', 'jti-1', exp)).toBe(true);
    });

    it('house: a jti may be as long and as strange as a stranger likes', async () => {
      const [environmentId, exp] = [freshEnvironmentId(), inAnHour()];
      const { usedJwts } = world().replicas[0];
      const jti = `${'x'.repeat(5_000)}\0' OR 1=1--`;
      expect(await usedJwts.use(environmentId, 'app', jti, exp)).toBe(true);
      expect(await usedJwts.use(environmentId, 'app', jti, exp)).toBe(false);
      expect(await usedJwts.use(environmentId, 'app', `${jti}y`, exp)).toBe(true);
    });

    it.each([
      ['a little late', -60, true],
      ['a day ahead', 86_400, true],
      ['further ahead than can be remembered', 3 * 86_400, false],
      ['long gone', -2 * 86_400, false],
    ])('CA-05 an expiry %s', async (_what, ahead, counts) => {
      const { usedJwts } = world().replicas[0];
      const exp = new Date(now() + ahead * 1000);
      expect(await usedJwts.use(freshEnvironmentId(), 'app', 'jti-1', exp)).toBe(counts);
    });
  });
}
