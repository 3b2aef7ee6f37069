import { ScopeSet } from '@grantway/protocol';
import { aNewAuthorization, aNewCode, anAuthorization } from '../mothers/authorization.mother.js';
import { freshEnvironmentId, inParallel, issueCode, type World, worldOf } from './world.js';

export function describeConsents(name: string, open: () => Promise<World>): void {
  describe(`Consents: ${name}`, () => {
    const world = worldOf(open);
    const stores = () => world().replicas[0];
    const remembered = async (environmentId: string, userId = 'user-alice', clientId = 'shop') =>
      (await world().replicas[1].consents.find(environmentId, userId, clientId)).toArray().sort();

    async function authorized(environmentId: string, userId: string, clientId: string): Promise<string> {
      const authorization = anAuthorization({ subject: { kind: 'user', id: userId } });
      const code = await issueCode(stores(), aNewCode({ environmentId, clientId, authorization }));
      const found = await stores().codes.find(environmentId, code);
      const made = aNewAuthorization({ environmentId, clientId, authorization });
      return (await stores().authorizations.redeem({ authorizationCode: found?.id ?? '' }, made)) ?? '';
    }

    it('house: nothing was allowed at first, and more adds to what was', async () => {
      const environmentId = freshEnvironmentId();
      expect(await remembered(environmentId)).toEqual([]);
      await stores().consents.remember(environmentId, 'user-alice', 'shop', ScopeSet.of('openid', 'orders:read'));
      await stores().consents.remember(environmentId, 'user-alice', 'shop', ScopeSet.of('openid', 'email'));
      expect(await remembered(environmentId)).toEqual(['email', 'openid', 'orders:read']);
    });

    it('house: what two tabs allow at once is all remembered', async () => {
      const environmentId = freshEnvironmentId();
      let next = 0;
      await inParallel(world(), 10, ({ consents }) =>
        consents.remember(environmentId, 'user-alice', 'shop', ScopeSet.of(`s${next++}`)),
      );
      expect(await remembered(environmentId)).toHaveLength(10);
    });

    it('CO-13 withdrawn, a code that was not redeemed yet is worth nothing', async () => {
      const environmentId = freshEnvironmentId();
      const authorization = anAuthorization({ subject: { kind: 'user', id: 'user-alice' } });
      const issue = (clientId: string) => issueCode(stores(), aNewCode({ environmentId, clientId, authorization }));
      const [own, other] = [await issue('shop'), await issue('other')];
      await stores().consents.withdraw(environmentId, 'user-alice', 'shop');
      expect((await stores().codes.find(environmentId, own))?.state.kind).toBe('expired');
      expect((await stores().codes.find(environmentId, other))?.state.kind).toBe('live');
    });

    it('MT-01 is for this environment, this user and this client alone', async () => {
      const environmentId = freshEnvironmentId();
      await stores().consents.remember(environmentId, 'user-alice', 'shop', ScopeSet.of('openid'));
      expect(await remembered(freshEnvironmentId())).toEqual([]);
      expect(await remembered(environmentId, 'user-bob')).toEqual([]);
      expect(await remembered(environmentId, 'user-alice', 'other')).toEqual([]);
    });

    it('R9 withdrawing forgets it and revokes what this user gave this client, and nothing else', async () => {
      const environmentId = freshEnvironmentId();
      const elsewhere = freshEnvironmentId();
      await stores().consents.remember(environmentId, 'user-alice', 'shop', ScopeSet.of('openid'));
      await stores().consents.remember(environmentId, 'user-alice', 'other', ScopeSet.of('openid'));
      const gone = [
        await authorized(environmentId, 'user-alice', 'shop'),
        await authorized(environmentId, 'user-alice', 'shop'),
      ];
      const kept = [
        [environmentId, await authorized(environmentId, 'user-bob', 'shop')],
        [environmentId, await authorized(environmentId, 'user-alice', 'other')],
        [elsewhere, await authorized(elsewhere, 'user-alice', 'shop')],
      ] as const;
      await stores().consents.withdraw(environmentId, 'user-alice', 'shop');
      await stores().consents.withdraw(environmentId, 'user-alice', 'shop');

      const isLive = (environment: string, id: string) => world().replicas[1].authorizations.isLive(environment, id);
      expect(await remembered(environmentId)).toEqual([]);
      expect(await remembered(environmentId, 'user-alice', 'other')).toEqual(['openid']);
      expect(await Promise.all(gone.map((id) => isLive(environmentId, id)))).toEqual([false, false]);
      expect(await Promise.all(kept.map(([environment, id]) => isLive(environment, id)))).toEqual([true, true, true]);
    });

    it('house: without a consent on record, withdrawing still revokes', async () => {
      const environmentId = freshEnvironmentId();
      const id = await authorized(environmentId, 'user-alice', 'shop');
      await stores().consents.withdraw(environmentId, 'user-alice', 'shop');
      expect(await stores().authorizations.isLive(environmentId, id)).toBe(false);
    });
  });
}
