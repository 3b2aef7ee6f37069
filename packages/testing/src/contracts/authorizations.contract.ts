import type { Authorization, NewAuthorization, NewTokenFamily, Redeemable, TokenFamily } from '@grantway/domain';
import {
  aNewAuthorization,
  aNewCode,
  aNewSession,
  anAuthentication,
  anAuthorization,
  aTokenFamily,
} from '../mothers/authorization.mother.js';
import { aNewBackchannelRequest } from '../mothers/backchannel.mother.js';
import { aNewDevice } from '../mothers/device.mother.js';
import { freshEnvironmentId, inParallel, issueCode, type World, worldOf } from './world.js';

const UNKNOWN = '01a1f000-0000-7000-8000-00000000abcd';

export function describeAuthorizations(name: string, open: () => Promise<World>): void {
  describe(`Authorizations: ${name}`, () => {
    const world = worldOf(open);
    const stores = () => world().replicas[0];

    async function issuedCode(overrides: Parameters<typeof aNewCode>[0] = {}) {
      const environmentId = freshEnvironmentId();
      const code = await issueCode(stores(), aNewCode({ environmentId, ...overrides }));
      const found = await stores().codes.find(environmentId, code);
      return { environmentId, codeId: found?.id ?? 'none', code };
    }

    async function redeemed(made: Partial<NewAuthorization> = {}) {
      const { environmentId, codeId } = await issuedCode();
      const id = await stores().authorizations.redeem(
        { authorizationCode: codeId },
        aNewAuthorization({ environmentId, ...made }),
      );
      if (!id) throw new Error('a fresh code could not be redeemed');
      return { environmentId, id, family: () => familyOf(environmentId, id) };
    }

    async function familyOf(environmentId: string, id: string): Promise<TokenFamily> {
      const family = await world().replicas[1].authorizations.findFamily(environmentId, id);
      if (!family) throw new Error('the family was not found');
      return family;
    }

    describe('redeem', () => {
      it('CO-02 of a hundred parallel redemptions over two replicas exactly one wins', async () => {
        const { environmentId, codeId, code } = await issuedCode();
        const ids = await inParallel(world(), 100, ({ authorizations }) =>
          authorizations.redeem({ authorizationCode: codeId }, aNewAuthorization({ environmentId })),
        );
        const [winner, ...others] = ids.filter((id) => id !== undefined);
        expect(others).toEqual([]);
        expect(await stores().codes.find(environmentId, code)).toMatchObject({
          state: { kind: 'spent', authorizationId: winner },
        });
        expect(await stores().authorizations.isLive(environmentId, winner ?? '')).toBe(true);
      });

      it('CO-03 an expired code cannot be spent', async () => {
        const { environmentId, codeId } = await issuedCode({ lifetime: 10 });
        await world().elapse(11);
        expect(
          await stores().authorizations.redeem({ authorizationCode: codeId }, aNewAuthorization({ environmentId })),
        ).toBeUndefined();
      });

      it('MT-01 another environment cannot spend it, and it stays alive', async () => {
        const { environmentId, codeId, code } = await issuedCode();
        const foreign = aNewAuthorization({ environmentId: freshEnvironmentId() });
        expect(await stores().authorizations.redeem({ authorizationCode: codeId }, foreign)).toBeUndefined();
        expect(await stores().codes.find(environmentId, code)).toMatchObject({ state: { kind: 'live' } });
      });

      it('CO-04 another client cannot spend it, and it stays alive', async () => {
        const { environmentId, codeId, code } = await issuedCode();
        const foreign = aNewAuthorization({ environmentId, clientId: 'thief' });
        expect(await stores().authorizations.redeem({ authorizationCode: codeId }, foreign)).toBeUndefined();
        expect(await stores().codes.find(environmentId, code)).toMatchObject({ state: { kind: 'live' } });
      });

      it.each([UNKNOWN, 'not an id', ''])('house: an unknown code (%p) is not there to spend', async (codeId) => {
        expect(
          await stores().authorizations.redeem({ authorizationCode: codeId }, aNewAuthorization()),
        ).toBeUndefined();
      });
    });

    describe('findFamily', () => {
      it('house: gives back what was recorded, at its first generation', async () => {
        const salt = Buffer.from('0123456789abcdef');
        const authorization = anAuthorization({
          authentication: anAuthentication(),
          resources: ['https://orders.example'],
        });
        const { environmentId, id, family } = await redeemed({ authorization, family: aTokenFamily({ salt }) });
        const found = await family();
        expect(found).toMatchObject({
          ...{ id, environmentId, clientId: 'shop', revoked: false, offline: true, generation: 0 },
          ...{ expired: false, sessionLive: true, subject: authorization.subject, resources: authorization.resources },
          authentication: authorization.authentication,
        });
        expect(Buffer.from(found.salt)).toEqual(salt);
        expect(found.scope.toArray().sort()).toEqual(authorization.scope.toArray().sort());
        expect(found.sinceRotation).toBeLessThan(5000);
      });

      it('MT-01 another environment finds nothing', async () => {
        const { id } = await redeemed();
        expect(await stores().authorizations.findFamily(freshEnvironmentId(), id)).toBeUndefined();
      });

      it('house: an authorization without refresh tokens has no family, and is live', async () => {
        const { environmentId, codeId } = await issuedCode();
        const { family: _, ...made } = aNewAuthorization({ environmentId });
        const id = await stores().authorizations.redeem({ authorizationCode: codeId }, made);
        expect(await stores().authorizations.findFamily(environmentId, id ?? '')).toBeUndefined();
        expect(await stores().authorizations.isLive(environmentId, id ?? '')).toBe(true);
      });

      it.each([UNKNOWN, 'not an id', ''])('house: %p is nobody’s', async (id) => {
        expect(await stores().authorizations.findFamily(freshEnvironmentId(), id)).toBeUndefined();
        expect(await stores().authorizations.isLive(freshEnvironmentId(), id)).toBe(false);
        await stores().authorizations.revoke(freshEnvironmentId(), id);
      });

      it('R9 a family bound to a session dies with its sign-off, an offline one does not', async () => {
        const environmentId = freshEnvironmentId();
        const { session } = await stores().sessions.create(aNewSession({ environmentId }));
        const authorization = anAuthorization({ authentication: anAuthentication({ sessionId: session.id }) });
        const redeem = async (offline: boolean): Promise<string> => {
          const code = await issueCode(stores(), aNewCode({ environmentId, authorization }));
          const found = await stores().codes.find(environmentId, code);
          const made = aNewAuthorization({ environmentId, authorization, offline });
          return (await stores().authorizations.redeem({ authorizationCode: found?.id ?? '' }, made)) ?? '';
        };
        const [bound, offline] = [await redeem(false), await redeem(true)];
        const standing = async () => ({
          bound: [
            (await familyOf(environmentId, bound)).sessionLive,
            await stores().authorizations.isLive(environmentId, bound),
          ],
          offline: [
            (await familyOf(environmentId, offline)).sessionLive,
            await stores().authorizations.isLive(environmentId, offline),
          ],
        });
        expect(await standing()).toEqual({ bound: [true, true], offline: [true, true] });
        await world().replicas[1].sessions.end(environmentId, session.id);
        expect(await standing()).toEqual({ bound: [false, false], offline: [true, true] });
      });
    });

    describe('after a sign-off', () => {
      async function signedOn() {
        const environmentId = freshEnvironmentId();
        const { session } = await stores().sessions.create(aNewSession({ environmentId }));
        const authorization = anAuthorization({ authentication: anAuthentication({ sessionId: session.id }) });
        const signOff = () => world().replicas[1].sessions.end(environmentId, session.id);
        const made = (offline: boolean) => aNewAuthorization({ environmentId, authorization, offline });
        return { environmentId, authorization, signOff, made };
      }

      async function approved(kind: 'code' | 'device' | 'backchannel') {
        const visit = await signedOn();
        const { environmentId, authorization } = visit;
        return { ...visit, artifact: await ARTIFACTS[kind](environmentId, authorization) };
      }

      const ARTIFACTS = {
        code: async (environmentId: string, authorization: Authorization): Promise<Redeemable> => {
          const code = await issueCode(stores(), aNewCode({ environmentId, authorization }));
          return { authorizationCode: (await stores().codes.find(environmentId, code))?.id ?? '' };
        },
        device: async (environmentId: string, authorization: Authorization): Promise<Redeemable> => {
          const request = aNewDevice({ environmentId, clientId: 'shop' });
          await stores().devices.start(request, 10);
          const id = (await stores().devices.findByUserCode(environmentId, request.userCodeHash))?.id ?? '';
          await stores().devices.decide(environmentId, id, authorization);
          return { deviceCode: id };
        },
        backchannel: async (environmentId: string, authorization: Authorization): Promise<Redeemable> => {
          const request = aNewBackchannelRequest({ environmentId, clientId: 'shop' });
          const started = await stores().backchannel.start(request, { perUser: 10, perClient: 10 });
          const id = 'id' in started ? started.id : '';
          await stores().backchannel.decide(environmentId, id, request.userId, authorization);
          return { backchannelRequest: id };
        },
      };

      it.each(['code', 'device', 'backchannel'] as const)(
        'R9 LO-03 a %s buys nothing that ends with the session, only what outlives it',
        async (kind) => {
          const { artifact, signOff, made } = await approved(kind);
          await signOff();
          expect(await stores().authorizations.redeem(artifact, made(false))).toBeUndefined();
          expect(await stores().authorizations.redeem(artifact, made(true))).toBeDefined();
          const before = await approved(kind);
          expect(await stores().authorizations.redeem(before.artifact, before.made(false))).toBeDefined();
        },
      );

      it.each([
        ['a bound family rotates no more, not even within grace', false, undefined],
        ['an offline family rotates on', true, 1],
      ])('R9 %s', async (_what, offline, retried) => {
        const { signOff, made } = await signedOn();
        const id = await stores().authorizations.record(made(offline));
        const rotate = (generation: number) =>
          stores().authorizations.rotate(id, generation, { grace: 60, idle: 3600 });
        expect(await rotate(0)).toBe(1);
        await signOff();
        expect([await rotate(0), await rotate(1)]).toEqual([retried, offline ? 2 : undefined]);
      });
    });

    describe('derived by token exchange', () => {
      /** Of one sign-on: an authorization, what was exchanged for it, and what was exchanged for that. */
      async function chain(offline: boolean) {
        const environmentId = freshEnvironmentId();
        const { session } = await stores().sessions.create(aNewSession({ environmentId }));
        const authorization = anAuthorization({ authentication: anAuthentication({ sessionId: session.id }) });
        const { family: _none, ...made } = aNewAuthorization({ environmentId, authorization, offline });
        const source = await stores().authorizations.record(made);
        const online = { ...made, clientId: 'backend', offline: false };
        const derived = await stores().authorizations.record({ ...online, derivedFrom: source });
        const again = await stores().authorizations.record({ ...online, derivedFrom: derived });
        const live = () =>
          Promise.all(
            [source, derived, again].map((id) => world().replicas[1].authorizations.isLive(environmentId, id)),
          );
        return { environmentId, source, derived, again, session, live };
      }

      it.each([
        ['the first', 'source', [false, false, false]],
        ['one in between', 'derived', [true, false, false]],
      ] as const)('T2 TX-04 revoking %s ends what came of it', async (_which, which, expected) => {
        const { environmentId, live, ...ids } = await chain(false);
        expect(await live()).toEqual([true, true, true]);
        await stores().authorizations.revoke(environmentId, ids[which]);
        expect(await live()).toEqual(expected);
      });

      it.each([
        ['ends with the session of its source', false, false],
        ['outlives the session as its source does', true, true],
      ])('R9 it %s', async (_what, offline, lives) => {
        const { environmentId, session, live } = await chain(offline);
        await stores().sessions.end(environmentId, session.id);
        expect(await live()).toEqual([lives, lives, lives]);
      });

      it('TX-06 it knows how many exchanges it came of', async () => {
        const { environmentId, source, derived, again } = await chain(false);
        const depths = [source, derived, again].map(
          async (id) => (await stores().authorizations.find(environmentId, id))?.derivationDepth,
        );
        expect(await Promise.all(depths)).toEqual([undefined, 1, 2]);
      });

      it('house: without its source it is nothing', async () => {
        const made = aNewAuthorization({ environmentId: freshEnvironmentId(), derivedFrom: UNKNOWN });
        const id = await stores().authorizations.record(made);
        expect(await stores().authorizations.isLive(made.environmentId, id)).toBe(false);
      });
    });

    describe('rotate', () => {
      const rotatable = (family: Partial<NewTokenFamily> = {}) => redeemed({ family: aTokenFamily(family) });
      const rotateIn = (id: string, generation: number, grace: number, idle = 3600) =>
        stores().authorizations.rotate(id, generation, { grace, idle });

      it('R4 replaces a generation by its successor', async () => {
        const { id, family } = await rotatable();
        expect(await rotateIn(id, 0, 0)).toBe(1);
        expect(await rotateIn(id, 1, 0)).toBe(2);
        expect(await family()).toMatchObject({ generation: 2 });
      });

      it('RT-02 of fifty parallel rotations at grace 0 one wins', async () => {
        const { id, family } = await rotatable();
        const results = await inParallel(world(), 50, ({ authorizations }) =>
          authorizations.rotate(id, 0, { grace: 0, idle: 60 }),
        );
        expect(results.filter((generation) => generation !== undefined)).toEqual([1]);
        expect(await family()).toMatchObject({ generation: 1, revoked: false });
      });

      it('RT-02 of fifty parallel rotations at grace 10 all get the same successor', async () => {
        const { id, family } = await rotatable();
        const results = await inParallel(world(), 50, ({ authorizations }) =>
          authorizations.rotate(id, 0, { grace: 10, idle: 60 }),
        );
        expect(new Set(results)).toEqual(new Set([1]));
        expect(await family()).toMatchObject({ generation: 1 });
      });

      it('RT-03 grace is over when its time is, to the same family’s harm or not', async () => {
        const { id } = await rotatable();
        await rotateIn(id, 0, 10);
        await world().elapse(9);
        expect(await rotateIn(id, 0, 10)).toBe(1);
        await world().elapse(2);
        expect(await rotateIn(id, 0, 10)).toBeUndefined();
        expect(await rotateIn(id, 1, 10)).toBe(2);
      });

      it('RT-02 grace closes when the successor is used', async () => {
        const { id } = await rotatable();
        expect(await rotateIn(id, 0, 60)).toBe(1);
        expect(await rotateIn(id, 1, 60)).toBe(2);
        expect(await rotateIn(id, 0, 60)).toBeUndefined();
        expect(await rotateIn(id, 1, 60)).toBe(2);
      });

      it('house: a generation that never was is no good', async () => {
        const { id } = await rotatable();
        expect(await rotateIn(id, 1, 60)).toBeUndefined();
        expect(await rotateIn(id, 7, 60)).toBeUndefined();
        expect(await rotateIn(UNKNOWN, 0, 60)).toBeUndefined();
        expect(await rotateIn('not an id', 0, 60)).toBeUndefined();
      });

      it('RT-09 unused for its idle time it dies; used in time it lives on', async () => {
        const { id, family } = await rotatable({ idle: 100, absolute: 1000 });
        await world().elapse(90);
        expect(await rotateIn(id, 0, 0, 100)).toBe(1);
        await world().elapse(90);
        expect(await rotateIn(id, 1, 0, 100)).toBe(2);
        await world().elapse(101);
        expect(await family()).toMatchObject({ expired: true });
        expect(await rotateIn(id, 2, 0, 100)).toBeUndefined();
      });

      it('R6 however busy, it dies at its absolute age', async () => {
        const { id, family } = await rotatable({ idle: 100, absolute: 150 });
        await world().elapse(90);
        expect(await rotateIn(id, 0, 0, 100)).toBe(1);
        await world().elapse(61);
        expect(await family()).toMatchObject({ expired: true });
        expect(await rotateIn(id, 1, 60, 100)).toBeUndefined();
        expect(await rotateIn(id, 0, 3600, 100)).toBeUndefined();
      });

      it('R5 a revoked family rotates no more, not even within grace', async () => {
        const { environmentId, id, family } = await rotatable();
        await rotateIn(id, 0, 60);
        await world().replicas[1].authorizations.revoke(environmentId, id);
        expect(await rotateIn(id, 1, 60)).toBeUndefined();
        expect(await rotateIn(id, 0, 60)).toBeUndefined();
        expect(await family()).toMatchObject({ revoked: true });
      });

      it('house: rotation tells its age', async () => {
        const { id, family } = await rotatable();
        await world().elapse(40);
        expect((await family()).sinceRotation).toBeGreaterThanOrEqual(40_000);
        await rotateIn(id, 0, 0);
        expect((await family()).sinceRotation).toBeLessThan(10_000);
      });
    });

    describe('revoke', () => {
      it('I3 what is revoked is dead on the other replica at once; repeating it is no error', async () => {
        const { environmentId, id } = await redeemed();
        await stores().authorizations.revoke(environmentId, id);
        await stores().authorizations.revoke(environmentId, id);
        expect(await world().replicas[1].authorizations.isLive(environmentId, id)).toBe(false);
      });

      it('MT-01 another environment neither revokes nor sees it', async () => {
        const { environmentId, id } = await redeemed();
        await stores().authorizations.revoke(freshEnvironmentId(), id);
        expect(await stores().authorizations.isLive(environmentId, id)).toBe(true);
        expect(await stores().authorizations.isLive(freshEnvironmentId(), id)).toBe(false);
      });
    });
  });
}
