import { aNewSession } from '../mothers/authorization.mother.js';
import { altered, freshEnvironmentId, type World, worldOf } from './world.js';

export function describeSessions(name: string, open: () => Promise<World>): void {
  describe(`Sessions: ${name}`, () => {
    const world = worldOf(open);
    const stores = () => world().replicas[0];

    async function signedOn(overrides: Parameters<typeof aNewSession>[0] = {}) {
      const environmentId = freshEnvironmentId();
      const { session, handle } = await stores().sessions.create(aNewSession({ environmentId, ...overrides }));
      return { environmentId, session, handle };
    }

    it('house: is found on another replica as it was made', async () => {
      const { environmentId, session, handle } = await signedOn();
      expect(session).toMatchObject({ environmentId, userId: 'user-alice', acr: 'Single_Factor', amr: ['pwd'] });
      expect(await world().replicas[1].sessions.find(environmentId, handle, 60)).toEqual(session);
    });

    it('X14 whose it is, is told as things are now', async () => {
      const { environmentId, session, handle } = await signedOn();
      const [{ users, sessions }] = world().replicas;
      expect(await users.ofSession({ ...session })).toEqual(await users.find(environmentId, session.userId));
      const found = await sessions.find(environmentId, handle, 60);
      expect(found?.localUser).toBeUndefined();
    });

    it('AZ-15 every sign-on has a handle of its own', async () => {
      const { environmentId, handle } = await signedOn();
      const { handle: second } = await stores().sessions.create(aNewSession({ environmentId }));
      expect(second).not.toBe(handle);
    });

    it.each([
      ['an altered secret', altered],
      ['another kind of artifact', (handle: string) => handle.replace('gwst_', 'gwac_')],
      ['nonsense', () => 'nonsense'],
      ['nothing', () => ''],
    ])('SE-03 %s is nobody’s', async (_, change) => {
      const { environmentId, handle } = await signedOn();
      expect(await stores().sessions.find(environmentId, change(handle), 60)).toBeUndefined();
    });

    it('SE-03 another environment’s cookie is nobody’s', async () => {
      const { handle } = await signedOn();
      expect(await stores().sessions.find(freshEnvironmentId(), handle, 60)).toBeUndefined();
    });

    it('AZ-15 signed on again, it has a new handle and the old one is nobody’s', async () => {
      const { environmentId, session, handle } = await signedOn();
      const renewed = await stores().sessions.renew(session.id, aNewSession({ environmentId }));
      expect(renewed?.session).toMatchObject({ id: session.id, userId: session.userId });
      expect(await world().replicas[1].sessions.find(environmentId, handle, 60)).toBeUndefined();
      expect(await world().replicas[1].sessions.find(environmentId, renewed?.handle ?? '', 60)).toEqual(
        renewed?.session,
      );
    });

    it('CVE-2025-12390 it is never renewed for another user, environment, or after its end', async () => {
      const { environmentId, session, handle } = await signedOn();
      const { sessions } = stores();
      expect(await sessions.renew(session.id, aNewSession({ environmentId, userId: 'user-bob' }))).toBeUndefined();
      expect(await sessions.renew(session.id, aNewSession({ environmentId: freshEnvironmentId() }))).toBeUndefined();
      expect(await sessions.find(environmentId, handle, 60)).toEqual(session);
      await sessions.end(environmentId, session.id);
      expect(await sessions.renew(session.id, aNewSession({ environmentId }))).toBeUndefined();
    });

    it('house: unused for its idle time it dies', async () => {
      const { environmentId, handle } = await signedOn({ idle: 1000 });
      await world().elapse(1001);
      expect(await stores().sessions.find(environmentId, handle, 1000)).toBeUndefined();
    });

    it('house: used, it lives on, until its absolute age', async () => {
      const { environmentId, handle } = await signedOn({ idle: 1000, absolute: 2500 });
      for (const expected of [true, true, false]) {
        await world().elapse(900);
        expect((await stores().sessions.find(environmentId, handle, 1000)) !== undefined).toBe(expected);
      }
    });

    it('house: ended, it is nobody’s on any replica; ending it twice is no error', async () => {
      const { environmentId, session, handle } = await signedOn();
      await stores().sessions.end(environmentId, session.id);
      await stores().sessions.end(environmentId, session.id);
      await stores().sessions.end(environmentId, 'not an id');
      expect(await world().replicas[1].sessions.find(environmentId, handle, 60)).toBeUndefined();
    });

    it('MT-01 another environment cannot end it', async () => {
      const { environmentId, session, handle } = await signedOn();
      await stores().sessions.end(freshEnvironmentId(), session.id);
      expect(await stores().sessions.find(environmentId, handle, 60)).toBeDefined();
    });
  });
}
