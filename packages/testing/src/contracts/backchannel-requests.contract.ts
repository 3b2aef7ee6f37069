import type { Authorization, BackchannelPoll, NewBackchannelRequest } from '@grantway/domain';
import { aNewAuthorization, anAuthorization } from '../mothers/authorization.mother.js';
import { aNewBackchannelRequest, aNewNotifiedRequest } from '../mothers/backchannel.mother.js';
import { altered, freshEnvironmentId, inParallel, type World, worldOf } from './world.js';

const UNKNOWN = '01a1f000-0000-7000-8000-00000000abcd';
const MANY = { perUser: 1_000, perClient: 1_000 };
const ALICE = 'user-alice';

export function describeBackchannelRequests(name: string, open: () => Promise<World>): void {
  describe(`BackchannelRequests: ${name}`, () => {
    const world = worldOf(open);
    const stores = () => world().replicas[0];

    async function started(made: NewBackchannelRequest = aNewBackchannelRequest()) {
      const environmentId = freshEnvironmentId();
      const answer = await stores().backchannel.start({ ...made, environmentId }, MANY);
      if (!('authReqId' in answer)) throw new Error(`not started: ${answer.refused}`);
      const { id, authReqId } = answer;
      return {
        ...{ environmentId, id, authReqId },
        poll: (by = made.clientId) => world().replicas[1].backchannel.poll(environmentId, authReqId, by),
        decide: (approved?: Authorization, by = ALICE) => stores().backchannel.decide(environmentId, id, by, approved),
        redeem: (clientId = made.clientId) =>
          stores().authorizations.redeem({ backchannelRequest: id }, aNewAuthorization({ environmentId, clientId })),
        notification: () => world().replicas[1].backchannel.notification(environmentId, id),
        push: () => world().replicas[1].backchannel.approvedPush(environmentId, authReqId),
      };
    }

    describe('start', () => {
      it('B12 what the person is asked is what the client said, on another replica', async () => {
        const asked = {
          scope: ['openid', 'orders:read'],
          resources: ['https://orders.example'],
          bindingMessage: 'W4SCT ü',
        };
        const { environmentId, id } = await started(aNewBackchannelRequest(asked));
        const [first, ...others] = await world().replicas[1].backchannel.pendingFor(environmentId, ALICE);
        expect(others).toEqual([]);
        expect(first).toMatchObject({ id, environmentId, clientId: 'till', userId: ALICE, ...asked });
        const age = (first?.expiresAt.getTime() ?? 0) - (first?.createdAt.getTime() ?? 0);
        expect(Math.round(age / 1000)).toBe(300);
      });

      it('CB-02 a user has so many open and no more, from all clients together; decided or expired is not open', async () => {
        const environmentId = freshEnvironmentId();
        const start = (overrides: Partial<NewBackchannelRequest> = {}) =>
          stores().backchannel.start(aNewBackchannelRequest({ environmentId, ...overrides }), { ...MANY, perUser: 2 });
        const first = await start();
        expect(await start({ clientId: 'bank', lifetime: 30 })).toHaveProperty('authReqId');
        expect(await start()).toEqual({ refused: 'too_many_pending' });
        expect(await start({ userId: 'user-bob' })).toHaveProperty('authReqId');
        expect(await start({ environmentId: freshEnvironmentId() })).toHaveProperty('authReqId');
        await stores().backchannel.decide(environmentId, 'id' in first ? first.id : '', ALICE, undefined);
        expect(await start()).toHaveProperty('authReqId');
        expect(await start()).toEqual({ refused: 'too_many_pending' });
        await world().elapse(31);
        expect(await start()).toHaveProperty('authReqId');
      });

      it('CB-02 a client has so many open and no more, whoever is asked', async () => {
        const environmentId = freshEnvironmentId();
        const start = (userId: string, clientId = 'till') =>
          stores().backchannel.start(aNewBackchannelRequest({ environmentId, userId, clientId }), {
            ...MANY,
            perClient: 2,
          });
        await start('one');
        await start('two');
        expect(await start('three')).toEqual({ refused: 'too_many_pending' });
        expect(await start('three', 'bank')).toHaveProperty('authReqId');
      });

      it('CB-02 of twenty for one user at once, no more than the limit are asked', async () => {
        const made = aNewBackchannelRequest({ environmentId: freshEnvironmentId() });
        const answers = await inParallel(world(), 20, ({ backchannel }) =>
          backchannel.start(made, { ...MANY, perUser: 3 }),
        );
        expect(answers.filter((answer) => 'authReqId' in answer)).toHaveLength(3);
        expect(await stores().backchannel.pendingFor(made.environmentId, ALICE)).toHaveLength(3);
      });
    });

    describe('pendingFor', () => {
      it('B12 oldest first, and nobody else’s', async () => {
        const environmentId = freshEnvironmentId();
        for (const bindingMessage of ['one', 'two']) {
          await stores().backchannel.start(aNewBackchannelRequest({ environmentId, bindingMessage }), MANY);
        }
        const { backchannel } = world().replicas[1];
        const messages = (await backchannel.pendingFor(environmentId, ALICE)).map(
          ({ bindingMessage }) => bindingMessage,
        );
        expect(messages).toEqual(['one', 'two']);
        expect(await backchannel.pendingFor(environmentId, 'user-bob')).toEqual([]);
        expect(await backchannel.pendingFor(freshEnvironmentId(), ALICE)).toEqual([]);
      });

      it.each(['expired', 'approved', 'denied'])('B12 what is %s is not asked again', async (how) => {
        const { environmentId, decide } = await started(aNewBackchannelRequest({ lifetime: 60 }));
        expect(await stores().backchannel.pendingFor(environmentId, ALICE)).toHaveLength(1);
        if (how === 'expired') await world().elapse(61);
        else await decide(how === 'approved' ? anAuthorization() : undefined);
        expect(await stores().backchannel.pendingFor(environmentId, ALICE)).toEqual([]);
      });

      it('house: what was not given is absent, not undefined', async () => {
        const { environmentId } = await started();
        const [found] = await stores().backchannel.pendingFor(environmentId, ALICE);
        expect(found).not.toHaveProperty('bindingMessage');
      });
    });

    describe('find', () => {
      it.each(['pending', 'expired', 'approved', 'denied'])('CB-08 says to its user that it is %s', async (state) => {
        const { environmentId, id, decide } = await started(aNewBackchannelRequest({ lifetime: 60 }));
        if (state === 'expired') await world().elapse(61);
        else if (state !== 'pending') await decide(state === 'approved' ? anAuthorization() : undefined);
        expect(await world().replicas[1].backchannel.find(environmentId, id, ALICE)).toMatchObject({ id, state });
      });

      it('CB-08 MT-01 nothing to another user or environment', async () => {
        const { environmentId, id } = await started();
        const { backchannel } = stores();
        expect(await backchannel.find(environmentId, id, 'user-bob')).toBeUndefined();
        expect(await backchannel.find(freshEnvironmentId(), id, ALICE)).toBeUndefined();
        expect(await backchannel.find(environmentId, 'not an id', ALICE)).toBeUndefined();
      });
    });

    describe('poll', () => {
      it('B9 undecided it is pending, and the first poll is never too soon', async () => {
        const { poll } = await started();
        expect(await poll()).toEqual({ state: 'pending', tooSoon: false, interval: 5 });
      });

      it('B9 a poll too soon widens the interval for this and later polls', async () => {
        const { poll } = await started();
        await poll();
        await world().elapse(1);
        expect(await poll()).toEqual({ state: 'pending', tooSoon: true, interval: 10 });
        await world().elapse(6);
        expect(await poll()).toEqual({ state: 'pending', tooSoon: true, interval: 15 });
        await world().elapse(16);
        expect(await poll()).toEqual({ state: 'pending', tooSoon: false, interval: 15 });
      });

      it('B9 of twenty parallel polls one is in time, and each of the others counts', async () => {
        const { environmentId, authReqId, poll } = await started();
        const polls = await inParallel(world(), 20, ({ backchannel }) =>
          backchannel.poll(environmentId, authReqId, 'till'),
        );
        expect(polls.filter((each) => each.state === 'pending' && !each.tooSoon)).toHaveLength(1);
        expect(await poll()).toMatchObject({ tooSoon: true, interval: 5 + 20 * 5 });
      });

      it.each([
        ['CB-03 an altered secret', altered],
        ['CO-10 another kind of artifact', (handle: string) => handle.replace('gwcb_', 'gwdc_')],
        ['CB-03 a secret without its id', (handle: string) => handle.replace(/_.{22}/, `_${'A'.repeat(22)}`)],
        ['house: nonsense', () => 'nonsense'],
        ['house: a NUL byte', (handle: string) => `${handle}\0`],
      ])('%s is unknown and counts nothing', async (_, change) => {
        const { environmentId, authReqId, poll } = await started();
        const unknown = await stores().backchannel.poll(environmentId, change(authReqId), 'till');
        expect(unknown).toEqual({ state: 'unknown' });
        expect(await poll()).toMatchObject({ tooSoon: false, interval: 5 });
      });

      it('CB-03 MT-01 for another client or environment it is unknown, and their polls count nothing', async () => {
        const { authReqId, poll } = await started();
        expect(await poll('thief')).toEqual({ state: 'unknown' });
        expect(await stores().backchannel.poll(freshEnvironmentId(), authReqId, 'till')).toEqual({ state: 'unknown' });
        expect(await poll()).toMatchObject({ tooSoon: false, interval: 5 });
      });

      it.each(['expired', 'denied'])('CB-03 when it is %s, it says so however often it is asked', async (state) => {
        const { poll, decide } = await started(aNewBackchannelRequest({ lifetime: 60 }));
        await poll();
        if (state === 'denied') await decide(undefined);
        else await world().elapse(61);
        expect([(await poll()).state, (await poll()).state]).toEqual([state, state]);
      });

      it('B9 approved, it gives what was allowed, and no poll is too soon', async () => {
        const { id, poll, decide } = await started();
        const allowed = anAuthorization({ resources: ['https://orders.example'] });
        await poll();
        await decide(allowed);
        await poll();
        const approved = (await poll()) as Extract<BackchannelPoll, { state: 'approved' }>;
        expect(approved).toMatchObject({ state: 'approved', id });
        const { scope, ...rest } = approved.authorization;
        expect({ ...rest, scope: scope.toArray() }).toEqual({ ...allowed, scope: allowed.scope.toArray() });
      });

      it('B10 a push request is not polled, whatever its state', async () => {
        const { poll, decide } = await started(aNewNotifiedRequest({ delivery: 'push' }));
        expect(await poll()).toEqual({ state: 'push' });
        await decide(anAuthorization());
        expect(await poll()).toEqual({ state: 'push' });
      });
    });

    describe('decide', () => {
      it('CB-08 approve and deny at the same moment: of twenty answers one counts', async () => {
        const { environmentId, id, poll } = await started();
        let asked = 0;
        const answers = await inParallel(world(), 20, async ({ backchannel }) => {
          const approved = asked++ % 4 < 2;
          const counted = await backchannel.decide(environmentId, id, ALICE, approved ? anAuthorization() : undefined);
          return counted ? [approved ? 'approved' : 'denied'] : [];
        });
        expect(answers.flat()).toEqual([(await poll()).state]);
      });

      it('CB-08 another user decides nothing', async () => {
        const { poll, decide } = await started();
        expect(await decide(anAuthorization(), 'user-bob')).toBe(false);
        expect(await decide(undefined, 'user-bob')).toBe(false);
        expect(await poll()).toMatchObject({ state: 'pending' });
        expect(await decide(anAuthorization())).toBe(true);
      });

      it('house: nobody decides after it expired, in another environment, or about nothing', async () => {
        const { environmentId, id, poll, decide } = await started(aNewBackchannelRequest({ lifetime: 60 }));
        const { backchannel } = stores();
        expect(await backchannel.decide(freshEnvironmentId(), id, ALICE, anAuthorization())).toBe(false);
        expect(await backchannel.decide(environmentId, UNKNOWN, ALICE, undefined)).toBe(false);
        expect(await backchannel.decide(environmentId, 'not an id', ALICE, undefined)).toBe(false);
        await world().elapse(61);
        expect(await decide(anAuthorization())).toBe(false);
        expect(await poll()).toEqual({ state: 'expired' });
      });
    });

    describe('redeem', () => {
      it('CO-13 when the person withdraws what they allowed this client, it is worth nothing', async () => {
        const { environmentId, poll, decide, redeem } = await started();
        await decide(anAuthorization());
        await stores().consents.withdraw(environmentId, ALICE, 'bank');
        expect(await poll()).toMatchObject({ state: 'approved' });
        await stores().consents.withdraw(environmentId, ALICE, 'till');
        expect(await poll()).toEqual({ state: 'denied' });
        expect(await redeem()).toBeUndefined();
      });

      it('CB-04 of a hundred parallel redemptions over two replicas exactly one wins', async () => {
        const { environmentId, id, poll, decide } = await started();
        await decide(anAuthorization());
        const ids = await inParallel(world(), 100, ({ authorizations }) =>
          authorizations.redeem({ backchannelRequest: id }, aNewAuthorization({ environmentId, clientId: 'till' })),
        );
        const [winner, ...others] = ids.filter((each) => each !== undefined);
        expect(others).toEqual([]);
        expect(await poll()).toMatchObject({ state: 'spent', authorizationId: winner });
      });

      it.each(['pending', 'denied'])('house: what is %s is not there to spend', async (state) => {
        const { poll, decide, redeem } = await started();
        if (state === 'denied') await decide(undefined);
        expect(await redeem()).toBeUndefined();
        expect(await poll()).toMatchObject({ state });
      });

      it('B10 approved and not fetched in time, it is not there to spend; what is pushed need not be fetched', async () => {
        const polled = await started(aNewBackchannelRequest({ lifetime: 60 }));
        const pushed = await started(aNewNotifiedRequest({ delivery: 'push', lifetime: 60 }));
        await polled.decide(anAuthorization());
        await pushed.decide(anAuthorization());
        await world().elapse(61);
        expect(await polled.redeem()).toBeUndefined();
        expect(await pushed.redeem()).toBeDefined();
      });

      it('MT-01 CB-03 another environment or client cannot spend it, and it stays approved', async () => {
        const { id, poll, decide, redeem } = await started();
        await decide(anAuthorization());
        const foreign = aNewAuthorization({ environmentId: freshEnvironmentId(), clientId: 'till' });
        expect(await stores().authorizations.redeem({ backchannelRequest: id }, foreign)).toBeUndefined();
        expect(await redeem('thief')).toBeUndefined();
        expect(await poll()).toMatchObject({ state: 'approved' });
        expect(await redeem()).toBeDefined();
      });
    });
  });
}
