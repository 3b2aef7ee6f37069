import type { KeyRecord, KeyState, KeyStep, SigningKey, SigningPolicy } from '@grantway/domain';
import { anEnvironment } from '../mothers/environment.mother.js';
import { aSigningKey } from '../mothers/signing-key.mother.js';
import { eventually, freshEnvironmentId, inParallel, type World, worldOf } from './world.js';

const DAY = 86_400;
const POLICY: SigningPolicy = { idToken: 'RS256', accessToken: 'ES256', rotateEvery: 30 * DAY, announceFor: DAY };

export function describeKeySchedule(name: string, open: () => Promise<World>): void {
  describe(`KeySchedule: ${name}`, () => {
    const world = worldOf(open);
    const stores = () => world().replicas[0];
    const schedule = () => stores().keySchedule;

    async function anEnvironmentId(changes: Partial<SigningPolicy> = {}): Promise<string> {
      const id = freshEnvironmentId();
      const environment = anEnvironment({ id, signing: { ...POLICY, ...changes } });
      await world().configure({ environment, resources: [], clients: [], users: [], serviceAccounts: [] });
      return id;
    }
    async function withKey(key: Partial<SigningKey>, changes: Partial<SigningPolicy> = {}): Promise<string> {
      const environmentId = await anEnvironmentId(changes);
      await stores().signingKeys.add(aSigningKey({ environmentId, ...key }));
      return environmentId;
    }
    const next = (environmentId: string, kid = 'two') => aSigningKey({ environmentId, kid, state: 'announced' });
    const due = async (environmentId: string): Promise<KeyStep[]> =>
      (await schedule().due(1_000)).filter((step) => step.environmentId === environmentId);
    const states = async (environmentId: string): Promise<[string, KeyState][]> =>
      (await schedule().records(environmentId)).map(({ kid, state }) => [kid, state]);
    const record = async (environmentId: string, kid: string): Promise<KeyRecord | undefined> =>
      (await schedule().records(environmentId)).find((one) => one.kid === kid);

    it('I8 a key is followed by one that is announced so early that it may sign when its own time is over', async () => {
      const environmentId = await withKey({ kid: 'one' });
      await world().elapse(28 * DAY);
      expect([await due(environmentId), await schedule().follow(next(environmentId))]).toEqual([[], false]);
      await world().elapse(DAY + 1);
      expect(await due(environmentId)).toEqual([{ environmentId, kid: 'one', algorithm: 'ES256', step: 'follow' }]);
      expect(await schedule().follow(next(environmentId))).toBe(true);
      expect(await states(environmentId)).toEqual([
        ['one', 'active'],
        ['two', 'announced'],
      ]);
      expect(await due(environmentId)).toEqual([]);
    });

    it('I8 of ten that announce the next key at once one does', async () => {
      const environmentId = await withKey({ kid: 'one' });
      await world().elapse(30 * DAY);
      const followed = await inParallel(world(), 10, ({ keySchedule }, n) =>
        keySchedule.follow(next(environmentId, `next-${n}`)),
      );
      expect(followed.filter(Boolean)).toHaveLength(1);
      expect(await states(environmentId)).toHaveLength(2);
    });

    it('I8 a key of another algorithm, an announced one, or none at all is not followed', async () => {
      const environmentId = await withKey({ kid: 'one', algorithm: 'RS256' });
      const unsigned = await withKey({ kid: 'one', state: 'announced' });
      await world().elapse(30 * DAY);
      expect(await schedule().follow(next(environmentId))).toBe(false);
      expect(await schedule().follow(next(unsigned))).toBe(false);
      expect(await schedule().follow(next(freshEnvironmentId()))).toBe(false);
    });

    it('house: rotateEvery 0 is never by itself; a time that is shorter than the announcement waits for that', async () => {
      const never = await withKey({ kid: 'one' }, { rotateEvery: 0 });
      const always = await withKey({ kid: 'one' }, { rotateEvery: 60 });
      await world().elapse(1_000 * DAY);
      expect([await due(never), await schedule().follow(next(never))]).toEqual([[], false]);
      expect(await schedule().follow(next(always))).toBe(true);
      expect(await schedule().activate(always, 'two')).toBe(false);
    });

    it('I8 a key signs when it was announced for long enough, and not before', async () => {
      const environmentId = await withKey({ kid: 'one' });
      await stores().signingKeys.add(next(environmentId));
      await world().elapse(DAY - 60);
      expect([await due(environmentId), await schedule().activate(environmentId, 'two')]).toEqual([[], false]);
      await world().elapse(61);
      expect(await due(environmentId)).toMatchObject([{ kid: 'two', step: 'activate' }]);
      expect(await schedule().activate(environmentId, 'two')).toBe(true);
      expect(await states(environmentId)).toEqual([
        ['one', 'retiring'],
        ['two', 'active'],
      ]);
      for (const { signingKeys } of world().replicas) {
        await eventually(async () => (await signingKeys.list(environmentId))[1]?.state === 'active');
        const [old, now] = await signingKeys.list(environmentId);
        expect([old?.encryptedPrivateKey.length, now?.encryptedPrivateKey.length]).toEqual([0, 64]);
        expect(now?.keptUntil).toBeInstanceOf(Date);
      }
    });

    it('I8 of ten that activate a key at once one does; at no time are two active, or none', async () => {
      const environmentId = await withKey({ kid: 'one' });
      for (const kid of ['two', 'three']) await stores().signingKeys.add(next(environmentId, kid));
      await world().elapse(DAY + 1);
      const activated = await inParallel(world(), 10, ({ keySchedule }, n) =>
        keySchedule.activate(environmentId, n % 2 ? 'two' : 'three'),
      );
      // The second of the two may win over the first, or be there too early; then its turn comes.
      expect(activated.filter(Boolean).length).toBeGreaterThanOrEqual(1);
      expect((await states(environmentId)).filter(([, state]) => state === 'active')).toHaveLength(1);
      for (const { kid, step } of await due(environmentId)) {
        if (step === 'activate') expect(await schedule().activate(environmentId, kid)).toBe(true);
      }
      expect((await states(environmentId)).map(([, state]) => state).toSorted()).toEqual([
        ...['active', 'retiring', 'retiring'],
      ]);
    });

    it('I8 an environment without an active key gets the announced one', async () => {
      const environmentId = await withKey({ kid: 'two', state: 'announced' });
      await world().elapse(DAY + 1);
      expect(await schedule().activate(environmentId, 'two')).toBe(true);
      expect(await states(environmentId)).toEqual([['two', 'active']]);
    });

    it('I8 a retiring key is retired when all it signed has expired, and not before; its record stays', async () => {
      const environmentId = await withKey({ kid: 'one' });
      await stores().signingKeys.add(next(environmentId));
      await world().elapse(DAY + 1);
      await schedule().activate(environmentId, 'two');
      const { retiringAt } = (await record(environmentId, 'one')) as { retiringAt: Date };
      await stores().signingKeys.keep(environmentId, 'one', new Date(retiringAt.getTime() + 7 * DAY * 1000));
      await world().elapse(7 * DAY - 60);
      expect([await due(environmentId), await schedule().retire(environmentId, 'one')]).toEqual([[], false]);
      await world().elapse(120);
      expect(await due(environmentId)).toMatchObject([{ kid: 'one', step: 'retire' }]);
      const retired = await inParallel(world(), 10, ({ keySchedule }) => keySchedule.retire(environmentId, 'one'));
      expect(retired.filter(Boolean)).toHaveLength(1);
      expect(await record(environmentId, 'one')).toMatchObject({ state: 'retired', retiredAt: expect.any(Date) });
      expect(await stores().signingKeys.list(environmentId)).toMatchObject([{ kid: 'two' }]);
      expect(await schedule().retire(environmentId, 'two')).toBe(false);
    });

    it('I8 what was signed by a key of which nothing was remembered is good for a month', async () => {
      const environmentId = await withKey({ kid: 'one', state: 'retiring' });
      await world().elapse(30 * DAY);
      expect(await schedule().retire(environmentId, 'one')).toBe(false);
      await world().elapse(2 * DAY);
      expect(await schedule().retire(environmentId, 'one')).toBe(true);
    });

    it('JW-07 a key that is removed is gone at once, and another signs in its place', async () => {
      const environmentId = await withKey({ kid: 'one' });
      expect(await schedule().remove('one', next(environmentId))).toBe('active');
      expect(await states(environmentId)).toEqual([
        ['one', 'retired'],
        ['two', 'active'],
      ]);
      for (const { signingKeys } of world().replicas) {
        await eventually(async () => (await signingKeys.list(environmentId))[0]?.kid === 'two');
        expect(await signingKeys.list(environmentId)).toMatchObject([{ kid: 'two', state: 'active' }]);
      }
      expect(await schedule().remove('one', next(environmentId, 'three'))).toBeUndefined();
    });

    it('JW-07 one that does not sign is removed without a replacement, and the next can be announced', async () => {
      const environmentId = await withKey({ kid: 'one' });
      await world().elapse(30 * DAY);
      await schedule().follow(next(environmentId));
      expect(await schedule().remove('two', next(environmentId, 'three'))).toBe('announced');
      expect(await states(environmentId)).toEqual([
        ['one', 'active'],
        ['two', 'retired'],
      ]);
      expect(await schedule().follow(next(environmentId, 'four'))).toBe(true);
    });

    it('JW-07 of ten removals at once one is the removal; removing races with activating, and one key is active', async () => {
      const environmentId = await withKey({ kid: 'one' });
      await stores().signingKeys.add(next(environmentId));
      await world().elapse(DAY + 1);
      const outcomes = await inParallel(world(), 10, ({ keySchedule }, n) =>
        n === 5
          ? keySchedule.activate(environmentId, 'two')
          : keySchedule.remove('one', next(environmentId, `new-${n}`)).then((before) => before !== undefined),
      );
      expect(outcomes.filter(Boolean).length).toBeGreaterThanOrEqual(1);
      const all = await states(environmentId);
      expect(all.find(([kid]) => kid === 'one')?.[1]).toBe('retired');
      expect(all.filter(([, state]) => state === 'active')).toHaveLength(1);
    });

    it('MT-03 a key of another environment is neither removed, nor activated, nor retired', async () => {
      const [environmentId, elsewhere] = [await withKey({ kid: 'one' }), await withKey({ kid: 'other' })];
      await stores().signingKeys.add(next(environmentId));
      await world().elapse(40 * DAY);
      expect(await schedule().remove('one', next(elsewhere))).toBeUndefined();
      expect(await schedule().activate(elsewhere, 'two')).toBe(false);
      expect(await schedule().retire(elsewhere, 'one')).toBe(false);
      expect(await schedule().records(freshEnvironmentId())).toEqual([]);
      expect(await states(environmentId)).toEqual([
        ['one', 'active'],
        ['two', 'announced'],
      ]);
    });
  });
}
