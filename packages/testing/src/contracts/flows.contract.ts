import { aNewFlow, aNewSession, anAuthorizationRequest } from '../mothers/authorization.mother.js';
import { freshEnvironmentId, inParallel, type World, worldOf } from './world.js';

const START = 'USERNAME_PASSWORD_REQUIRED';

export function describeFlows(name: string, open: () => Promise<World>): void {
  describe(`Flows: ${name}`, () => {
    const world = worldOf(open);
    const stores = () => world().replicas[0];

    async function begun(overrides: Parameters<typeof aNewFlow>[0] = {}) {
      const environmentId = freshEnvironmentId();
      const id = await stores().flows.begin(aNewFlow({ environmentId, ...overrides }));
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
