import type { Authorization, NewBackchannelRequest } from '@grantway/domain';
import { aNewAuthorization, anAuthorization } from '../mothers/authorization.mother.js';
import { aNewBackchannelRequest, aNewNotifiedRequest } from '../mothers/backchannel.mother.js';
import { altered, freshEnvironmentId, type World, worldOf } from './world.js';

const MANY = { perUser: 1_000, perClient: 1_000 };
const ALICE = 'user-alice';

export function describeBackchannelNotifications(name: string, open: () => Promise<World>): void {
  describe(`BackchannelRequests, notifications: ${name}`, () => {
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

    describe('notification', () => {
      it.each([
        ['approved', anAuthorization()],
        ['denied', undefined],
      ])('B11 there is one to make once it was %s, and none before', async (outcome, approved) => {
        const { environmentId, id, authReqId, decide, notification } = await started(aNewNotifiedRequest());
        expect(await notification()).toBeUndefined();
        await decide(approved);
        expect(await notification()).toEqual({
          ...{ id, environmentId, clientId: 'till', delivery: 'ping', outcome },
          ...{ sealedAuthReqId: `sealed-${authReqId}`, sealedNotificationToken: 'sealed-token' },
        });
      });

      it('house: of an expired one, that it expired', async () => {
        const { notification } = await started(aNewNotifiedRequest({ delivery: 'push', lifetime: 60 }));
        await world().elapse(61);
        expect(await notification()).toMatchObject({ delivery: 'push', outcome: 'expired' });
      });

      it('house: none for a client that polls', async () => {
        const { decide, notification } = await started();
        await decide(anAuthorization());
        expect(await notification()).toBeUndefined();
      });

      it('I7 it is there until it was delivered or given up', async () => {
        for (const end of [
          { delivered: true },
          { delivered: false, trouble: 'answered 403', givenUp: true },
        ] as const) {
          const { environmentId, id, decide, notification } = await started(aNewNotifiedRequest());
          await decide(undefined);
          const { backchannel } = stores();
          await backchannel.recordNotification(environmentId, id, { delivered: false, trouble: 'x', givenUp: false });
          expect(await notification()).toBeDefined();
          await backchannel.recordNotification(environmentId, id, end);
          expect(await notification()).toBeUndefined();
        }
      });

      it('MT-01 none in another environment, nor for nonsense', async () => {
        const { id, decide } = await started(aNewNotifiedRequest());
        await decide(undefined);
        expect(await stores().backchannel.notification(freshEnvironmentId(), id)).toBeUndefined();
        expect(await stores().backchannel.notification('acme', 'not an id')).toBeUndefined();
      });
    });

    describe('approvedPush', () => {
      it('house: approved, it says what was allowed; spent, what it became', async () => {
        const { id, decide, redeem, push } = await started(aNewNotifiedRequest({ delivery: 'push' }));
        expect(await push()).toBeUndefined();
        await decide(anAuthorization());
        expect(await push()).toMatchObject({ id, clientId: 'till', authorization: { subject: { id: ALICE } } });
        expect(await push()).not.toHaveProperty('authorizationId');
        const authorizationId = await redeem();
        expect(await push()).toMatchObject({ id, authorizationId });
      });

      it('house: nothing for a denied one, a ping, another environment, or a wrong secret', async () => {
        const denied = await started(aNewNotifiedRequest({ delivery: 'push' }));
        await denied.decide(undefined);
        expect(await denied.push()).toBeUndefined();
        const ping = await started(aNewNotifiedRequest());
        await ping.decide(anAuthorization());
        expect(await ping.push()).toBeUndefined();
        const push = await started(aNewNotifiedRequest({ delivery: 'push' }));
        await push.decide(anAuthorization());
        const { backchannel } = stores();
        expect(await backchannel.approvedPush(freshEnvironmentId(), push.authReqId)).toBeUndefined();
        expect(await backchannel.approvedPush(push.environmentId, altered(push.authReqId))).toBeUndefined();
        expect(await backchannel.approvedPush(push.environmentId, push.authReqId)).toBeDefined();
      });
    });
  });
}
