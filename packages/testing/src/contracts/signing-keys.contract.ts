import { ActiveKeyExists } from '@grantway/domain';
import { anEnvironment } from '../mothers/environment.mother.js';
import { aSigningKey } from '../mothers/signing-key.mother.js';
import { eventually, freshEnvironmentId, inParallel, type World, worldOf } from './world.js';

const HOUR = 3_600_000;

/** @param now the clock of what `open` opens, in milliseconds since 1970 */
export function describeSigningKeys(name: string, open: () => Promise<World>, now = () => Date.now()): void {
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
      expect(listed.map(({ encryptedPrivateKey: _, keptUntil: __, ...key }) => key)).toEqual(
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
      await keys().add(aSigningKey({ environmentId, state: 'announced' }));
      await expect(keys().add(aSigningKey({ environmentId }))).rejects.toBeInstanceOf(ActiveKeyExists);
    });

    it('I8 a retired key is in no list', async () => {
      const environmentId = await anEnvironmentId();
      await keys().add(aSigningKey({ environmentId, kid: 'old', state: 'retired' }));
      await keys().add(aSigningKey({ environmentId, kid: 'new' }));
      expect((await keys().list(environmentId)).map(({ kid }) => kid)).toEqual(['new']);
    });

    it('I8 a key is kept as long as anybody asked for, and every replica knows', async () => {
      const environmentId = await anEnvironmentId();
      await keys().add(aSigningKey({ environmentId, kid: 'one' }));
      const [soon, late] = [new Date(now() + 7 * HOUR), new Date(now() + 8 * HOUR)];
      const asked = await inParallel(world(), 10, ({ signingKeys }, n) =>
        signingKeys.keep(environmentId, 'one', n === 3 ? late : soon),
      );
      expect(asked).toEqual(Array(10).fill(true));
      for (const { signingKeys } of world().replicas) {
        await eventually(
          async () => (await signingKeys.list(environmentId))[0]?.keptUntil?.getTime() === late.getTime(),
        );
      }
    });

    it('I8 a retired key is kept for nobody, nor is one that is not there', async () => {
      const environmentId = await anEnvironmentId();
      await keys().add(aSigningKey({ environmentId, kid: 'old', state: 'retired' }));
      for (const kid of ['old', 'unknown', 'a\0b']) {
        expect([kid, await keys().keep(environmentId, kid, new Date(now() + 60_000))]).toEqual([kid, false]);
      }
    });

    it('I2 a key that was made this moment is found, whether we were told of it or not', async () => {
      const environmentId = await anEnvironmentId();
      const [here, there] = world().replicas;
      await keys().add(aSigningKey({ environmentId, kid: 'one' }));
      await there.signingKeys.list(environmentId);
      await here.signingKeys.add(aSigningKey({ environmentId, kid: 'two', state: 'announced' }));
      expect(await there.signingKeys.find(environmentId, 'two')).toMatchObject({ kid: 'two', state: 'announced' });
      expect(await there.signingKeys.list(environmentId)).toHaveLength(2);
      await keys().add(aSigningKey({ environmentId, kid: 'old', state: 'retired' }));
      for (const kid of ['old', 'unknown', 'a\0b']) {
        expect([kid, await there.signingKeys.find(environmentId, kid)]).toEqual([kid, undefined]);
      }
    });

    it('MT-03 keys of one environment are no other’s', async () => {
      const [environmentId, elsewhere] = [await anEnvironmentId(), await anEnvironmentId()];
      await keys().add(aSigningKey({ environmentId, kid: 'one' }));
      expect(await keys().list(elsewhere)).toEqual([]);
      expect(await keys().find(elsewhere, 'one')).toBeUndefined();
      expect(await keys().keep(elsewhere, 'one', new Date(now() + 60_000))).toBe(false);
    });
  });
}
