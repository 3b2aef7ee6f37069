import { ActiveKeyExists } from '@grantway/domain';
import { anEnvironment } from '../mothers/environment.mother.js';
import { aSigningKey } from '../mothers/signing-key.mother.js';
import { eventually, freshEnvironmentId, inParallel, type World, worldOf } from './world.js';

export function describeSigningKeys(name: string, open: () => Promise<World>): void {
  describe(`SigningKeys: ${name}`, () => {
    const world = worldOf(open);
    const keys = () => world().replicas[0].signingKeys;

    async function anEnvironmentId(): Promise<string> {
      const id = freshEnvironmentId();
      await world().configure({
        environment: anEnvironment({ id }),
        resources: [],
        clients: [],
        users: [],
        serviceAccounts: [],
      });
      return id;
    }

    it('I8 keys are listed oldest first, with all that was stored', async () => {
      const environmentId = await anEnvironmentId();
      const made = [
        aSigningKey({ environmentId }),
        aSigningKey({ environmentId, state: 'announced' }),
        aSigningKey({ environmentId, algorithm: 'RS256' }),
      ];
      expect(await keys().list(environmentId)).toEqual([]);
      for (const key of made) await keys().add(key);
      const listed = await keys().list(environmentId);
      expect(listed.map(({ encryptedPrivateKey: _, ...key }) => key)).toEqual(
        made.map(({ encryptedPrivateKey: _, ...key }) => key),
      );
      expect(listed.map((key) => Buffer.from(key.encryptedPrivateKey))).toEqual(
        made.map((key) => Buffer.from(key.encryptedPrivateKey)),
      );
    });

    it('I8 of replicas that start together one makes the active key, and all use it', async () => {
      const environmentId = await anEnvironmentId();
      const added = await inParallel(world(), 10, async ({ signingKeys }) =>
        signingKeys.add(aSigningKey({ environmentId })).then(
          () => 'added',
          (error: unknown) => error,
        ),
      );
      expect(added.filter((result) => result === 'added')).toHaveLength(1);
      expect(added.filter((result) => result instanceof ActiveKeyExists)).toHaveLength(9);
      for (const { signingKeys } of world().replicas) {
        await eventually(async () => (await signingKeys.list(environmentId)).length === 1);
      }
    });

    it('house: one key is active per algorithm', async () => {
      const environmentId = await anEnvironmentId();
      await keys().add(aSigningKey({ environmentId }));
      await keys().add(aSigningKey({ environmentId, algorithm: 'RS256' }));
      await keys().add(aSigningKey({ environmentId, kid: 'next', state: 'announced' }));
      await expect(keys().advance(environmentId, 'next', 'announced', 'active')).rejects.toBeInstanceOf(
        ActiveKeyExists,
      );
    });

    it('I1 a key advances from where it stands, once', async () => {
      const environmentId = await anEnvironmentId();
      await keys().add(aSigningKey({ environmentId, kid: 'one' }));
      expect(await keys().advance(environmentId, 'one', 'announced', 'active')).toBe(false);
      const advanced = await inParallel(world(), 10, ({ signingKeys }) =>
        signingKeys.advance(environmentId, 'one', 'active', 'retiring'),
      );
      expect(advanced.filter(Boolean)).toHaveLength(1);
      expect(await keys().list(environmentId)).toMatchObject([{ kid: 'one', state: 'retiring' }]);
      expect(await keys().advance(environmentId, 'unknown', 'active', 'retiring')).toBe(false);
    });

    it('MT-03 keys of one environment are no other’s', async () => {
      const [environmentId, elsewhere] = [await anEnvironmentId(), await anEnvironmentId()];
      await keys().add(aSigningKey({ environmentId, kid: 'one' }));
      expect(await keys().list(elsewhere)).toEqual([]);
      expect(await keys().advance(elsewhere, 'one', 'active', 'retiring')).toBe(false);
    });
  });
}
