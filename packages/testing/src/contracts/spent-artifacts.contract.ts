import type { NewAuthorization, OnceArtifact } from '@grantway/domain';
import { aNewAuthorization, aNewSession } from '../mothers/authorization.mother.js';
import { freshEnvironmentId, inParallel, type World, worldOf } from './world.js';

/** @param now the clock the stores go by, in milliseconds */
export function describeSpentArtifacts(name: string, open: () => Promise<World>, now: () => number): void {
  describe(`Authorizations, artifacts of a team’s own: ${name}`, () => {
    const world = worldOf(open);
    const stores = () => world().replicas[0];
    const voucher = (changes: Partial<OnceArtifact> = {}): OnceArtifact => ({
      ...{ id: 'voucher-1', grantType: 'urn:example:voucher', until: new Date(now() + 60_000) },
      ...changes,
    });
    const spend = (once: OnceArtifact, made: Partial<NewAuthorization> & { environmentId: string }) =>
      stores().authorizations.redeem({ once }, aNewAuthorization(made));

    it('CO-02 of a hundred that spend it at once over two replicas exactly one does', async () => {
      const environmentId = freshEnvironmentId();
      const once = voucher();
      const ids = await inParallel(world(), 100, ({ authorizations }) =>
        authorizations.redeem({ once }, aNewAuthorization({ environmentId })),
      );
      const [winner, ...others] = ids.filter((id) => id !== undefined);
      expect(others).toEqual([]);
      const spent = await world().replicas[1].authorizations.findSpent(environmentId, once);
      expect(spent).toMatchObject({ authorizationId: winner });
      expect(await stores().authorizations.isLive(environmentId, winner ?? '')).toBe(true);
    });

    it('CO-01 it says what came of it and how long ago', async () => {
      const environmentId = freshEnvironmentId();
      const authorizationId = await spend(voucher(), { environmentId });
      await world().elapse(30);
      const spent = await stores().authorizations.findSpent(environmentId, voucher());
      expect(spent?.authorizationId).toBe(authorizationId);
      expect(spent?.ago).toBeGreaterThanOrEqual(30_000);
      expect(spent?.ago).toBeLessThan(50_000);
    });

    it('MT-01 house: another environment, grant type or id is another artifact', async () => {
      const [environmentId, other] = [freshEnvironmentId(), freshEnvironmentId()];
      expect(await spend(voucher(), { environmentId })).toBeDefined();
      expect(await stores().authorizations.findSpent(other, voucher())).toBeUndefined();
      expect(await spend(voucher(), { environmentId: other })).toBeDefined();
      expect(await spend(voucher({ grantType: 'urn:example:ticket' }), { environmentId })).toBeDefined();
      expect(await spend(voucher({ id: 'voucher-2' }), { environmentId })).toBeDefined();
      expect(await spend(voucher(), { environmentId })).toBeUndefined();
    });

    it('house: one whose end is told a little differently each time is still the same', async () => {
      const environmentId = freshEnvironmentId();
      const hour = 3_600_000;
      expect(await spend(voucher({ until: new Date(now() + hour) }), { environmentId })).toBeDefined();
      for (const ahead of [1_000, 2 * hour, 24 * hour]) {
        expect(await spend(voucher({ until: new Date(now() + ahead) }), { environmentId })).toBeUndefined();
      }
    });

    it('house: an id may be any text, of any client', async () => {
      const environmentId = freshEnvironmentId();
      const once = voucher({ id: `${'ü'.repeat(255)}' OR 1=1--` });
      expect(await spend(once, { environmentId, clientId: 'shop' })).toBeDefined();
      expect(await spend(once, { environmentId, clientId: 'thief' })).toBeUndefined();
    });

    it('house: one that has ended, or ends further away than we remember, is not spent', async () => {
      const environmentId = freshEnvironmentId();
      for (const ahead of [-1_000, 3 * 86_400_000]) {
        const once = voucher({ until: new Date(now() + ahead) });
        expect(await spend(once, { environmentId })).toBeUndefined();
        expect(await stores().authorizations.findSpent(environmentId, once)).toBeUndefined();
      }
    });

    it('R9 LO-03 what a sign-off ended is not spent, unless it outlives the session', async () => {
      const environmentId = freshEnvironmentId();
      const { session } = await stores().sessions.create(aNewSession({ environmentId }));
      await stores().sessions.end(environmentId, session.id);
      const authentication = { time: new Date(now()), acr: 'urn:example:pwd', amr: ['pwd'], sessionId: session.id };
      const { authorization } = aNewAuthorization();
      const made = { environmentId, authorization: { ...authorization, authentication } };
      expect(await spend(voucher(), { ...made, offline: false })).toBeUndefined();
      expect(await spend(voucher(), { ...made, offline: true })).toBeDefined();
    });
  });
}
