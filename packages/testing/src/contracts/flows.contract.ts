import { ScopeSet } from '@grantway/protocol';
import { aNewFlow, aNewSession, anAuthorizationRequest } from '../mothers/authorization.mother.js';
import { altered, freshEnvironmentId, inParallel, type World, worldOf } from './world.js';

const START = 'USERNAME_PASSWORD_REQUIRED';

export function describeFlows(name: string, open: () => Promise<World>): void {
  describe(`Flows: ${name}`, () => {
    const world = worldOf(open);
    const stores = () => world().replicas[0];

    async function begun(overrides: Parameters<typeof aNewFlow>[0] = {}) {
      const { environmentId = freshEnvironmentId() } = overrides;
      const id = await stores().flows.begin(aNewFlow({ ...overrides, environmentId }));
      return { environmentId, id, found: () => world().replicas[1].flows.find(environmentId, id) };
    }

    it('house: is found on another replica as it began', async () => {
      const request = anAuthorizationRequest({ nonce: 'n', maxAge: 0, prompts: ['login'], state: '"\\u0000 ünï' });
      const browserHash = Buffer.from('hash of a cookie');
      const purpose = { kind: 'authorize', request } as const;
      const { environmentId, id, found } = await begun({ purpose, browserHash });
      const { browserHash: hash, ...flow } = (await found()) ?? { browserHash: Buffer.of() };
      const times = { createdAt: expect.any(Date), expiresAt: expect.any(Date) };
      expect(flow).toEqual({ id, environmentId, status: START, purpose, resumed: false, ...times });
      expect(Buffer.from(hash)).toEqual(browserHash);
    });

    it.each(['01a1f000-0000-7000-8000-00000000abcd', 'not an id', '', '\0'])('house: %p is unknown', async (id) => {
      const environmentId = freshEnvironmentId();
      expect(await stores().flows.find(environmentId, id)).toBeUndefined();
      expect(await stores().flows.resume(environmentId, id)).toBeUndefined();
      expect(await stores().flows.advance(environmentId, id, START, { to: 'COMPLETED', lifetime: 60 })).toBe(false);
    });

    it('MT-01 another environment neither finds, moves nor resumes it', async () => {
      const { id, found } = await begun({ status: 'COMPLETED' });
      const foreign = freshEnvironmentId();
      expect(await stores().flows.find(foreign, id)).toBeUndefined();
      expect(await stores().flows.advance(foreign, id, 'COMPLETED', { to: 'FAILED', lifetime: 60 })).toBe(false);
      expect(await stores().flows.resume(foreign, id)).toBeUndefined();
      expect(await found()).toMatchObject({ status: 'COMPLETED', resumed: false });
    });

    it('house: a step adds what it learnt and keeps what was known', async () => {
      const { environmentId, id, found } = await begun();
      const { session } = await stores().sessions.create(aNewSession({ environmentId }));
      const signOn = {
        to: 'AGREEMENT_CONSENT_REQUIRED',
        sessionId: session.id,
        userId: 'user-alice',
        signedOn: true,
        lifetime: 60,
      } as const;
      expect(await stores().flows.advance(environmentId, id, START, signOn)).toBe(true);
      const between = await found();
      expect(between).toMatchObject({
        status: 'AGREEMENT_CONSENT_REQUIRED',
        sessionId: session.id,
        userId: 'user-alice',
      });
      expect(between?.signedOnAt).toBeInstanceOf(Date);

      const consent = { to: 'COMPLETED', lifetime: 60 } as const;
      expect(await stores().flows.advance(environmentId, id, 'AGREEMENT_CONSENT_REQUIRED', consent)).toBe(true);
      expect(await found()).toMatchObject({
        ...{ status: 'COMPLETED', sessionId: session.id, userId: 'user-alice' },
        signedOnAt: between?.signedOnAt,
      });
    });

    it('AZ-17 a step may forget who it was, and nothing else', async () => {
      const { environmentId, id, found } = await begun();
      const { session } = await stores().sessions.create(aNewSession({ environmentId }));
      const before = { sessionId: session.id, userId: 'user-alice', signedOn: true } as const;
      await stores().flows.advance(environmentId, id, START, { to: 'COMPLETED', ...before, lifetime: 60 });
      expect(await found()).toMatchObject({ sessionId: session.id, userId: 'user-alice' });
      const again = { to: START, forget: true, lifetime: 60 } as const;
      expect(await stores().flows.advance(environmentId, id, 'COMPLETED', again)).toBe(true);
      const { purpose, createdAt, ...flow } = (await found()) ?? {};
      for (const key of ['sessionId', 'userId', 'signedOnAt']) expect(flow).not.toHaveProperty(key);
      expect({ purpose, ...flow }).toMatchObject({ id, status: START, purpose: { kind: 'authorize' }, resumed: false });
      expect(createdAt).toBeInstanceOf(Date);
    });

    it('D6 a step may find out what the visit is about, and the next ones keep it', async () => {
      const { environmentId, id, found } = await begun({ purpose: { kind: 'device', userCode: 'WDJB-MJHT' } });
      const purpose = { kind: 'device', userCode: 'WDJB-MJHT', deviceAuthorizationId: 'device-1' } as const;
      await stores().flows.advance(environmentId, id, START, { to: 'DAG_CONSENT_REQUIRED', purpose, lifetime: 60 });
      expect(await found()).toMatchObject({ status: 'DAG_CONSENT_REQUIRED', purpose });
      await stores().flows.advance(environmentId, id, 'DAG_CONSENT_REQUIRED', { to: 'COMPLETED', lifetime: 60 });
      expect((await found())?.purpose).toEqual(purpose);
    });

    it('SE-03 with a flow comes the session of the cookie, of whichever flow it is, as the sessions tell it', async () => {
      const { environmentId, id, found } = await begun();
      const { session, handle } = await stores().sessions.create(aNewSession({ environmentId }));
      const flow = await found();
      const [, { flows, sessions }] = world().replicas;
      const both = await flows.findWithSession(environmentId, id, handle, 60);
      expect(both).toEqual({ flow, session: await sessions.find(environmentId, handle, 60) });
      expect(both?.session).toMatchObject(session);
    });

    it('SE-03 a cookie that is altered, foreign, ended or none is no session, and the flow is there all the same', async () => {
      const { environmentId, id, found } = await begun();
      const { session, handle } = await stores().sessions.create(aNewSession({ environmentId }));
      const foreign = await stores().sessions.create(aNewSession({ environmentId: freshEnvironmentId() }));
      const flow = await found();
      const both = (cookie?: string) => stores().flows.findWithSession(environmentId, id, cookie, 60);
      for (const cookie of [altered(handle), foreign.handle, 'not a handle', undefined]) {
        expect(await both(cookie)).toEqual({ flow });
      }
      await stores().sessions.end(environmentId, session.id);
      expect(await both(handle)).toEqual({ flow });
      for (const cookie of [handle, undefined]) {
        expect(await stores().flows.findWithSession(freshEnvironmentId(), id, cookie, 60)).toBeUndefined();
        expect(await stores().flows.findWithSession(environmentId, 'not an id', cookie, 60)).toBeUndefined();
      }
    });

    it('SE-03 a session that is read with a flow goes on, and ends when nobody comes', async () => {
      const { environmentId, id } = await begun({ lifetime: 10_000 });
      const { handle } = await stores().sessions.create(aNewSession({ environmentId, idle: 100, absolute: 1_000 }));
      const sits = async () =>
        (await stores().flows.findWithSession(environmentId, id, handle, 100))?.session !== undefined;
      await world().elapse(80);
      expect(await sits()).toBe(true);
      await world().elapse(80);
      expect(await sits()).toBe(true);
      await world().elapse(101);
      expect(await sits()).toBe(false);
    });

    const signOn = (environmentId: string, more: object = {}) => ({
      to: 'AGREEMENT_CONSENT_REQUIRED' as const,
      purpose: { kind: 'authorize', request: anAuthorizationRequest() } as const,
      session: aNewSession({ environmentId }),
      lifetime: 60,
      ...more,
    });

    it('AZ-15 a sign-on moves the flow with a session of its own, and ends the one it takes the place of', async () => {
      const { environmentId, id, found } = await begun();
      const before = await stores().sessions.create(aNewSession({ environmentId, userId: 'user-bob' }));
      const replaces = before.session.id;
      const opened = await stores().flows.signOn(environmentId, id, START, signOn(environmentId, { replaces }));
      const { session, handle = '' } = opened ?? {};
      expect(await found()).toMatchObject({
        ...{ status: 'AGREEMENT_CONSENT_REQUIRED', sessionId: session?.id, userId: 'user-alice' },
      });
      expect(await world().replicas[1].sessions.find(environmentId, handle, 60)).toEqual(session);
      expect(await world().replicas[1].sessions.find(environmentId, before.handle, 60)).toBeUndefined();
    });

    it('I1 of parallel sign-ons one opens a session; one that comes too late ends nobody’s', async () => {
      const { environmentId, id, found } = await begun();
      const opened = await inParallel(world(), 20, ({ flows }) =>
        flows.signOn(environmentId, id, START, signOn(environmentId)),
      );
      const [{ session, handle } = { session: undefined, handle: '' }, second] = opened.filter((each) => each);
      expect(second).toBeUndefined();
      expect((await found())?.sessionId).toBe(session?.id);
      const late = signOn(environmentId, { replaces: session?.id });
      expect(await stores().flows.signOn(environmentId, id, START, late)).toBeUndefined();
      expect(await stores().flows.signOn(freshEnvironmentId(), id, START, late)).toBeUndefined();
      expect(await stores().flows.signOn(environmentId, 'not an id', START, late)).toBeUndefined();
      expect(await stores().sessions.find(environmentId, handle, 60)).toEqual(session);
    });

    it('AZ-14 consent is remembered with the step that gives it, and not without', async () => {
      const { environmentId, id, found } = await begun({ status: 'AGREEMENT_CONSENT_REQUIRED' });
      const give = (from: 'AGREEMENT_CONSENT_REQUIRED' | typeof START, ...scope: string[]) =>
        stores().flows.advance(environmentId, id, from, {
          ...{ to: 'COMPLETED', lifetime: 60 },
          consent: { userId: 'user-alice', clientId: 'shop', scope: ScopeSet.of(...scope) },
        });
      const remembered = () => stores().consents.find(environmentId, 'user-alice', 'shop');
      expect(await give(START, 'email')).toBe(false);
      expect((await remembered()).toArray()).toEqual([]);
      await stores().consents.remember(environmentId, 'user-alice', 'shop', ScopeSet.of('profile'));
      expect(await give('AGREEMENT_CONSENT_REQUIRED', 'openid')).toBe(true);
      expect((await remembered()).toArray().sort()).toEqual(['openid', 'profile']);
      expect(await found()).toMatchObject({ status: 'COMPLETED' });
    });

    it('AZ-14 of consents of one person that arrive at once for one client, from as many flows, each counts', async () => {
      const environmentId = freshEnvironmentId();
      const flows = await Promise.all(
        Array.from({ length: 20 }, () => begun({ environmentId, status: 'AGREEMENT_CONSENT_REQUIRED' })),
      );
      const moved = await inParallel(world(), flows.length, (replica, n) =>
        replica.flows.advance(environmentId, flows[n]?.id ?? '', 'AGREEMENT_CONSENT_REQUIRED', {
          ...{ to: 'COMPLETED', lifetime: 60 },
          consent: { userId: 'user-alice', clientId: 'shop', scope: ScopeSet.of('openid', `scope-${n}`) },
        }),
      );
      expect(moved).toEqual(flows.map(() => true));
      const remembered = await stores().consents.find(environmentId, 'user-alice', 'shop');
      expect(remembered.toArray()).toHaveLength(21);
    });

    it('I1 a step and another one from the same place at once: the flow takes one of them', async () => {
      const { environmentId, id, found } = await begun({ status: 'AGREEMENT_CONSENT_REQUIRED' });
      const consent = { userId: 'user-alice', clientId: 'shop', scope: ScopeSet.of('openid') };
      const moved = await inParallel(world(), 20, ({ flows }, n) =>
        flows.advance(environmentId, id, 'AGREEMENT_CONSENT_REQUIRED', {
          ...(n % 2 === 0 ? { to: 'COMPLETED', consent } : { to: 'FAILED' }),
          lifetime: 60,
        }),
      );
      const taken = moved.indexOf(true);
      expect(moved.lastIndexOf(true)).toBe(taken);
      expect((await found())?.status).toBe(taken % 2 === 0 ? 'COMPLETED' : 'FAILED');
      const remembered = await stores().consents.find(environmentId, 'user-alice', 'shop');
      expect(remembered.toArray()).toEqual(taken % 2 === 0 ? ['openid'] : []);
    });

    it('AZ-15 sign-ons of several flows that take the place of one session at once each open their own', async () => {
      const environmentId = freshEnvironmentId();
      const flows = await Promise.all(Array.from({ length: 10 }, () => begun({ environmentId })));
      const before = await stores().sessions.create(aNewSession({ environmentId, userId: 'user-bob' }));
      const opened = await inParallel(world(), flows.length, (replica, n) =>
        replica.flows.signOn(
          ...([environmentId, flows[n]?.id ?? '', START] as const),
          signOn(environmentId, { replaces: before.session.id }),
        ),
      );
      expect(new Set(opened.map((each) => each?.session.id)).size).toBe(flows.length);
      for (const [n, each] of opened.entries()) {
        expect(await stores().sessions.find(environmentId, each?.handle ?? '', 60)).toEqual(each?.session);
        expect(await flows[n]?.found()).toMatchObject({ sessionId: each?.session.id });
      }
      expect(await stores().sessions.find(environmentId, before.handle, 60)).toBeUndefined();
    });

    it('house: says when it ends, and each step puts that off', async () => {
      const { environmentId, id, found } = await begun({ lifetime: 100 });
      const first = await found();
      await stores().flows.advance(environmentId, id, START, { to: START, lifetime: 1_000 });
      const second = await found();
      const life = (flow: typeof first) =>
        ((flow?.expiresAt.getTime() ?? 0) - (flow?.createdAt.getTime() ?? 0)) / 1_000;
      expect([Math.round(life(first) / 100), Math.round(life(second) / 100)]).toEqual([1, 10]);
      expect(second?.createdAt).toEqual(first?.createdAt);
    });

    it('I1 a step from where it no longer stands changes nothing', async () => {
      const { environmentId, id, found } = await begun();
      expect(
        await stores().flows.advance(environmentId, id, 'AGREEMENT_CONSENT_REQUIRED', {
          to: 'COMPLETED',
          lifetime: 60,
        }),
      ).toBe(false);
      expect(await found()).toMatchObject({ status: START });
    });

    it('I1 of parallel equal steps one is taken', async () => {
      const { environmentId, id } = await begun();
      const taken = await inParallel(world(), 20, ({ flows }) =>
        flows.advance(environmentId, id, START, { to: 'COMPLETED', lifetime: 60 }),
      );
      expect(taken.filter(Boolean)).toHaveLength(1);
    });

    it('house: dies when nothing happens, and lives on with each step', async () => {
      const { environmentId, id, found } = await begun({ lifetime: 100 });
      await world().elapse(90);
      await stores().flows.advance(environmentId, id, START, { to: 'COMPLETED', lifetime: 100 });
      await world().elapse(90);
      expect(await found()).toBeDefined();
      await world().elapse(11);
      expect(await found()).toBeUndefined();
      expect(await stores().flows.resume(environmentId, id)).toBeUndefined();
      expect(await stores().flows.advance(environmentId, id, 'COMPLETED', { to: 'FAILED', lifetime: 100 })).toBe(false);
    });

    it('A16 an unfinished flow is not resumed', async () => {
      const { environmentId, id, found } = await begun();
      expect(await stores().flows.resume(environmentId, id)).toBeUndefined();
      expect(await found()).toMatchObject({ resumed: false });
    });

    it.each(['COMPLETED', 'FAILED'] as const)(
      'A16 a flow that is %s is resumed once, however many ask',
      async (status) => {
        const { environmentId, id, found } = await begun();
        await stores().flows.advance(environmentId, id, START, { to: status, userId: 'user-alice', lifetime: 60 });
        const resumed = await inParallel(world(), 20, ({ flows }) => flows.resume(environmentId, id));
        expect(resumed.filter((flow) => flow !== undefined)).toMatchObject([{ id, status, userId: 'user-alice' }]);
        expect(await found()).toMatchObject({ resumed: true });
        expect(await stores().flows.advance(environmentId, id, status, { to: 'FAILED', lifetime: 60 })).toBe(false);
      },
    );
  });
}
