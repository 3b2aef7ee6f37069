import type { Authorization, DevicePoll, NewDeviceAuthorization } from '@grantway/domain';
import { aNewAuthorization, anAuthorization } from '../mothers/authorization.mother.js';
import { aNewDevice } from '../mothers/device.mother.js';
import { altered, freshEnvironmentId, inParallel, type World, worldOf } from './world.js';

const UNKNOWN = '01a1f000-0000-7000-8000-00000000abcd';
const MANY = 1_000;

export function describeDeviceAuthorizations(name: string, open: () => Promise<World>): void {
  describe(`DeviceAuthorizations: ${name}`, () => {
    const world = worldOf(open);
    const stores = () => world().replicas[0];

    async function started(overrides: Partial<NewDeviceAuthorization> = {}) {
      const made = aNewDevice({ environmentId: freshEnvironmentId(), ...overrides });
      const { environmentId, clientId, userCodeHash } = made;
      const answer = await stores().devices.start(made, MANY);
      if (!('deviceCode' in answer)) throw new Error(`not started: ${answer.refused}`);
      const found = await world().replicas[1].devices.findByUserCode(environmentId, userCodeHash);
      return {
        ...{ made, environmentId, userCodeHash, deviceCode: answer.deviceCode, id: found?.id ?? 'none' },
        poll: (by = clientId) => world().replicas[1].devices.poll(environmentId, answer.deviceCode, by),
        decide: (approved?: Authorization) => stores().devices.decide(environmentId, found?.id ?? '', approved),
      };
    }

    const redeem = (environmentId: string, deviceCode: string, clientId = 'tv') =>
      stores().authorizations.redeem({ deviceCode }, aNewAuthorization({ environmentId, clientId }));

    describe('start', () => {
      it('house: what the person decides about is what was asked for, on another replica', async () => {
        const asked = { scope: ['openid', 'orders:read'], resources: ['https://orders.example'] };
        const { environmentId, id } = await started(asked);
        const expected = { id, environmentId, clientId: 'tv', ...asked };
        expect(await world().replicas[1].devices.find(environmentId, id)).toEqual(expected);
      });

      it('D9 a user code that is open is not given twice; when it expired it may be', async () => {
        const { environmentId, userCodeHash, id } = await started({ lifetime: 60 });
        const again = aNewDevice({ environmentId, userCodeHash, clientId: 'console' });
        expect(await stores().devices.start(again, MANY)).toEqual({ refused: 'user_code_taken' });
        expect((await stores().devices.findByUserCode(environmentId, userCodeHash))?.id).toBe(id);
        await world().elapse(61);
        expect(await stores().devices.start(again, MANY)).toHaveProperty('deviceCode');
        const found = await stores().devices.findByUserCode(environmentId, userCodeHash);
        expect(found).toMatchObject({ clientId: 'console' });
      });

      it('D9 of twenty that draw one user code at once, one gets it', async () => {
        const made = aNewDevice({ environmentId: freshEnvironmentId() });
        const answers = await inParallel(world(), 20, ({ devices }) => devices.start(made, MANY));
        expect(answers.filter((answer) => 'deviceCode' in answer)).toHaveLength(1);
        const refusals = answers.flatMap((answer) => ('refused' in answer ? [answer.refused] : []));
        expect(new Set(refusals)).toEqual(new Set(['user_code_taken']));
      });

      it('D9 of twenty that take an expired user code over at once, one gets it', async () => {
        const { environmentId, userCodeHash } = await started({ lifetime: 10 });
        await world().elapse(11);
        const answers = await inParallel(world(), 20, ({ devices }) =>
          devices.start(aNewDevice({ environmentId, userCodeHash }), MANY),
        );
        expect(answers.filter((answer) => 'deviceCode' in answer)).toHaveLength(1);
      });

      it('MT-01 two environments may have the same user code, each its own', async () => {
        const { userCodeHash, id } = await started();
        const other = await started({ userCodeHash });
        expect(other.id).not.toBe(id);
      });

      it('DV-07 a client has so many open and no more; what is decided or expired is not open', async () => {
        const environmentId = freshEnvironmentId();
        const start = (overrides: Partial<NewDeviceAuthorization> = {}) =>
          stores().devices.start(aNewDevice({ environmentId, ...overrides }), 2);
        const first = aNewDevice({ environmentId });
        await stores().devices.start(first, 2);
        expect(await start({ lifetime: 30 })).toHaveProperty('deviceCode');
        expect(await start()).toEqual({ refused: 'too_many_pending' });
        expect(await start({ clientId: 'console' })).toHaveProperty('deviceCode');
        expect(await start({ environmentId: freshEnvironmentId() })).toHaveProperty('deviceCode');
        const { id = '' } = (await stores().devices.findByUserCode(environmentId, first.userCodeHash)) ?? {};
        await stores().devices.decide(environmentId, id, undefined);
        expect(await start()).toHaveProperty('deviceCode');
        expect(await start()).toEqual({ refused: 'too_many_pending' });
        await world().elapse(31);
        expect(await start()).toHaveProperty('deviceCode');
        expect(await start()).toEqual({ refused: 'too_many_pending' });
      });
    });

    describe('finding it', () => {
      it('D7 by another user code, or from another environment, nothing is found', async () => {
        const { environmentId, userCodeHash, id } = await started();
        const { devices } = stores();
        expect(await devices.findByUserCode(environmentId, Buffer.alloc(32))).toBeUndefined();
        expect(await devices.findByUserCode(freshEnvironmentId(), userCodeHash)).toBeUndefined();
        expect(await devices.find(freshEnvironmentId(), id)).toBeUndefined();
        expect(await devices.find(environmentId, UNKNOWN)).toBeUndefined();
        expect(await devices.find(environmentId, 'not an id')).toBeUndefined();
      });

      it.each(['expired', 'approved', 'denied'])('D7 when it is %s, nothing is found', async (how) => {
        const { environmentId, userCodeHash, id, decide } = await started({ lifetime: 60 });
        expect(await stores().devices.findByUserCode(environmentId, userCodeHash)).toHaveProperty('id', id);
        if (how === 'expired') await world().elapse(61);
        else await decide(how === 'approved' ? anAuthorization() : undefined);
        expect(await stores().devices.findByUserCode(environmentId, userCodeHash)).toBeUndefined();
        expect(await stores().devices.find(environmentId, id)).toBeUndefined();
      });
    });

    describe('poll', () => {
      it('D2 undecided it is pending, and the first poll is never too soon', async () => {
        const { poll } = await started();
        expect(await poll()).toEqual({ state: 'pending', tooSoon: false, interval: 5 });
      });

      it('D3 DV-02 a poll too soon widens the interval for this and later polls', async () => {
        const { poll } = await started();
        await poll();
        await world().elapse(1);
        expect(await poll()).toEqual({ state: 'pending', tooSoon: true, interval: 10 });
        await world().elapse(6);
        expect(await poll()).toEqual({ state: 'pending', tooSoon: true, interval: 15 });
        await world().elapse(16);
        expect(await poll()).toEqual({ state: 'pending', tooSoon: false, interval: 15 });
        await world().elapse(6);
        expect(await poll()).toMatchObject({ tooSoon: true, interval: 20 });
      });

      it('D3 polls at the interval stay pending', async () => {
        const { poll } = await started();
        for (let times = 0; times < 3; times++) {
          expect(await poll()).toMatchObject({ tooSoon: false, interval: 5 });
          await world().elapse(6);
        }
      });

      it('D3 of twenty parallel polls one is in time, and each of the others counts', async () => {
        const { environmentId, deviceCode, poll } = await started();
        const polls = await inParallel(world(), 20, ({ devices }) => devices.poll(environmentId, deviceCode, 'tv'));
        expect(polls.filter((each) => each.state === 'pending' && !each.tooSoon)).toHaveLength(1);
        expect(await poll()).toMatchObject({ tooSoon: true, interval: 5 + 20 * 5 });
      });

      it.each([
        ['CO-11 an altered secret', altered],
        ['CO-10 another kind of artifact', (code: string) => code.replace('gwdc_', 'gwac_')],
        ['CO-11 a secret without its id', (code: string) => code.replace(/_.{22}/, `_${'A'.repeat(22)}`)],
        ['house: nonsense', () => 'nonsense'],
        ['house: a NUL byte', (code: string) => `${code}\0`],
      ])('%s is unknown and counts nothing', async (_, change) => {
        const { environmentId, deviceCode, poll } = await started();
        const unknown = await stores().devices.poll(environmentId, change(deviceCode), 'tv');
        expect(unknown).toEqual({ state: 'unknown' });
        expect(await poll()).toMatchObject({ tooSoon: false, interval: 5 });
      });

      it('D5 MT-01 for another client or environment it is unknown, and their polls count nothing', async () => {
        const { deviceCode, poll } = await started();
        expect(await poll('thief')).toEqual({ state: 'unknown' });
        expect(await stores().devices.poll(freshEnvironmentId(), deviceCode, 'tv')).toEqual({ state: 'unknown' });
        expect(await poll()).toMatchObject({ tooSoon: false, interval: 5 });
      });

      it('D4 expired, it says so however often it is asked', async () => {
        const { poll } = await started({ lifetime: 60 });
        await poll();
        await world().elapse(61);
        expect(await states(poll)).toEqual(['expired', 'expired']);
      });

      it('D4 denied, it says so however often it is asked', async () => {
        const { poll, decide } = await started();
        await poll();
        await decide(undefined);
        expect(await states(poll)).toEqual(['denied', 'denied']);
      });

      it('house: approved, it gives what was allowed, and no poll is too soon', async () => {
        const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
        const { id, poll, decide } = await started({ codeChallenge: challenge });
        const allowed = anAuthorization({ resources: ['https://orders.example'] });
        await poll();
        await decide(allowed);
        await poll();
        const approved = await poll();
        expect(approved).toMatchObject({ state: 'approved', id, codeChallenge: challenge });
        const { scope, ...rest } = (approved as Extract<DevicePoll, { state: 'approved' }>).authorization;
        expect({ ...rest, scope: scope.toArray() }).toEqual({ ...allowed, scope: allowed.scope.toArray() });
      });

      it('house: what was not given is absent, not undefined', async () => {
        const { poll, decide } = await started();
        await decide(anAuthorization());
        expect(Object.keys(await poll()).sort()).toEqual(['authorization', 'id', 'state']);
      });

      it('D4 approved and not fetched in time, it expired', async () => {
        const { environmentId, id, poll, decide } = await started({ lifetime: 60 });
        await decide(anAuthorization());
        await world().elapse(61);
        expect(await poll()).toEqual({ state: 'expired' });
        expect(await redeem(environmentId, id)).toBeUndefined();
      });
    });

    describe('decide', () => {
      it('I1 of twenty answers at once, one counts', async () => {
        const { environmentId, id, poll } = await started();
        let asked = 0;
        const answers = await inParallel(world(), 20, async ({ devices }) => {
          const approved = asked++ % 4 < 2;
          const counted = await devices.decide(environmentId, id, approved ? anAuthorization() : undefined);
          return counted ? [approved ? 'approved' : 'denied'] : [];
        });
        expect(answers.flat()).toEqual([(await poll()).state]);
      });

      it('house: nobody decides after it expired, in another environment, or about nothing', async () => {
        const { environmentId, id, poll, decide } = await started({ lifetime: 60 });
        const { devices } = stores();
        expect(await devices.decide(freshEnvironmentId(), id, anAuthorization())).toBe(false);
        expect(await devices.decide(environmentId, UNKNOWN, undefined)).toBe(false);
        expect(await devices.decide(environmentId, 'not an id', undefined)).toBe(false);
        expect(await poll()).toMatchObject({ state: 'pending' });
        await world().elapse(61);
        expect(await decide(anAuthorization())).toBe(false);
        expect(await poll()).toEqual({ state: 'expired' });
      });

      it('D9 its user code is free again', async () => {
        const { environmentId, userCodeHash, decide } = await started();
        await decide(anAuthorization());
        expect(await stores().devices.start(aNewDevice({ environmentId, userCodeHash }), MANY)).toHaveProperty(
          'deviceCode',
        );
      });
    });

    describe('redeem', () => {
      it('DV-04 of a hundred parallel redemptions over two replicas exactly one wins', async () => {
        const { environmentId, id, poll, decide } = await started();
        await decide(anAuthorization());
        const ids = await inParallel(world(), 100, ({ authorizations }) =>
          authorizations.redeem({ deviceCode: id }, aNewAuthorization({ environmentId, clientId: 'tv' })),
        );
        const [winner, ...others] = ids.filter((each) => each !== undefined);
        expect(others).toEqual([]);
        expect(await poll()).toMatchObject({ state: 'spent', authorizationId: winner });
      });

      it('house: a spent one says how long ago, also when its time is over', async () => {
        const { environmentId, id, poll, decide } = await started({ lifetime: 60 });
        await decide(anAuthorization());
        const authorizationId = await redeem(environmentId, id);
        await world().elapse(70);
        const spent = await poll();
        expect(spent).toMatchObject({ state: 'spent', authorizationId });
        expect(spent.state === 'spent' && spent.ago).toBeGreaterThanOrEqual(70_000);
        expect(spent.state === 'spent' && spent.ago).toBeLessThan(80_000);
      });

      it('CO-13 when the person withdraws what they allowed this client, it is worth nothing', async () => {
        const { environmentId, id, poll, decide } = await started();
        await decide(anAuthorization());
        await stores().consents.withdraw(environmentId, 'user-alice', 'other');
        expect(await poll()).toMatchObject({ state: 'approved' });
        await stores().consents.withdraw(environmentId, 'user-alice', 'tv');
        expect(await poll()).toEqual({ state: 'expired' });
        expect(await redeem(environmentId, id)).toBeUndefined();
      });

      it.each(['pending', 'denied'])('house: what is %s is not there to spend', async (state) => {
        const { environmentId, id, poll, decide } = await started();
        if (state === 'denied') await decide(undefined);
        expect(await redeem(environmentId, id)).toBeUndefined();
        expect(await poll()).toMatchObject({ state });
      });

      it('MT-01 D5 another environment or client cannot spend it, and it stays approved', async () => {
        const { environmentId, id, poll, decide } = await started();
        await decide(anAuthorization());
        expect(await redeem(freshEnvironmentId(), id)).toBeUndefined();
        expect(await redeem(environmentId, id, 'thief')).toBeUndefined();
        expect(await poll()).toMatchObject({ state: 'approved' });
        expect(await redeem(environmentId, id)).toBeDefined();
      });
    });
  });
}

async function states(poll: () => Promise<DevicePoll>): Promise<string[]> {
  return [(await poll()).state, (await poll()).state];
}
