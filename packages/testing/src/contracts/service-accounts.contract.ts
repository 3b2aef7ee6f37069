import { hashSecret, type ServiceAccountSettings } from '@grantway/domain';
import { anEnvironment } from '../mothers/environment.mother.js';
import { aServiceAccount } from '../mothers/service-account.mother.js';
import { eventually, freshEnvironmentId, inParallel, type World, worldOf } from './world.js';

/** ServiceAccounts: what an operator changes bites on every replica, and no version ever comes again. */
export function describeServiceAccounts(name: string, open: () => Promise<World>): void {
  describe(`ServiceAccounts: ${name}`, () => {
    const world = worldOf(open);
    const accounts = () => world().replicas[0].serviceAccounts;
    const elsewhere = () => world().replicas[1].serviceAccounts;

    async function anEmptyEnvironment(): Promise<string> {
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

    async function saved(changes: Partial<ServiceAccountSettings> = {}): Promise<ServiceAccountSettings> {
      const settings = aServiceAccount({ environmentId: await anEmptyEnvironment(), ...changes });
      await accounts().save(settings);
      return settings;
    }

    it.each([
      ['with everything', { description: 'Books at night' }],
      ['with what it must have', { scopes: [], bindings: [], enabled: false }],
    ])('S8 an account %s is read as it was written, and has no token yet', async (_what, changes) => {
      const settings = await saved(changes);
      const found = await elsewhere().find(settings.environmentId, settings.id);
      expect(found).toEqual({ ...settings, version: expect.any(Number) });
    });

    it('house: saving says what it did, and leaves version and token', async () => {
      const settings = aServiceAccount({ environmentId: await anEmptyEnvironment() });
      expect(await accounts().save(settings)).toBe('created');
      const { version } = (await accounts().rotate(settings.environmentId, settings.id, hashSecret('one'))) ?? {};
      expect(await accounts().save(settings)).toBe('unchanged');
      const changed = { ...settings, scopes: [], description: 'new' };
      expect(await accounts().save(changed)).toBe('updated');
      const found = await accounts().find(settings.environmentId, settings.id);
      expect(found).toMatchObject({ ...changed, version });
      expect(Buffer.from(found?.jtiHash ?? []).equals(hashSecret('one'))).toBe(true);
    });

    it('house: a change leaves what it does not name, and says whether anything is different', async () => {
      const settings = await saved({ description: 'old', enabled: false });
      const { environmentId, id } = settings;
      const before = await accounts().rotate(environmentId, id, hashSecret('one'));
      expect(await accounts().change(environmentId, id, {})).toBe(false);
      expect(await accounts().change(environmentId, id, { name: settings.name, description: 'old' })).toBe(false);
      expect(await accounts().change(environmentId, id, { name: 'New', bindings: [], scopes: ['x'] })).toBe(true);
      expect(await accounts().find(environmentId, id)).toEqual({ ...before, name: 'New', bindings: [], scopes: ['x'] });
      expect(await accounts().change(environmentId, id, { enabled: true, clientId: 'other', description: '' })).toBe(
        true,
      );
      const { description: _gone, ...kept } = { ...before };
      const changed = { name: 'New', bindings: [], scopes: ['x'], enabled: true, clientId: 'other' };
      expect(await accounts().find(environmentId, id)).toEqual({ ...kept, ...changed });
      expect(await accounts().change(environmentId, 'nobody', { enabled: true })).toBe(false);
      expect(await accounts().change(environmentId, '\0', { enabled: true })).toBe(false);
    });

    it('S3 of parallel changes of different things every one stays', async () => {
      const { environmentId, id } = await saved();
      const changes = [{ enabled: false }, { name: 'New' }, { description: 'new' }, { scopes: [] }, { bindings: [] }];
      let next = 0;
      await inParallel(world(), changes.length, (stores) =>
        stores.serviceAccounts.change(environmentId, id, changes[next++] as object),
      );
      expect(await accounts().find(environmentId, id)).toMatchObject(Object.assign({}, ...changes));
    });

    it('house: one of the environment file says so, whatever is changed of it', async () => {
      const id = freshEnvironmentId();
      const [environment, account] = [anEnvironment({ id }), aServiceAccount({ environmentId: id })];
      const nothing = { resources: [], clients: [], users: [] };
      await world().configure({ ...nothing, environment, serviceAccounts: [account] });
      await accounts().rotate(id, account.id, hashSecret('one'));
      await accounts().change(id, account.id, { name: 'New' });
      expect(await accounts().find(id, account.id)).toMatchObject({ name: 'New', fromFile: true });
    });

    it('S3 rotation makes its token the only good one, and raises the version', async () => {
      const { environmentId, id } = await saved();
      const first = await accounts().rotate(environmentId, id, hashSecret('one'));
      const second = await accounts().rotate(environmentId, id, hashSecret('two'));
      expect(second?.version).toBeGreaterThan(first?.version as number);
      expect(await accounts().find(environmentId, id)).toEqual(second);
      expect(Buffer.from(second?.jtiHash ?? []).equals(hashSecret('two'))).toBe(true);
    });

    it('S3 of parallel rotations each has a version of its own, and one token is left', async () => {
      const { environmentId, id } = await saved();
      let next = 0;
      const rotated = await inParallel(world(), 20, (stores) =>
        stores.serviceAccounts.rotate(environmentId, id, hashSecret(String(next++))),
      );
      expect(new Set(rotated.map((account) => account?.version)).size).toBe(20);
      const last = rotated.reduce((one, other) => ((one?.version ?? 0) > (other?.version ?? 0) ? one : other));
      expect(await accounts().find(environmentId, id)).toEqual(last);
    });

    it('S7 an account of the same id, made after one was removed, never has its versions', async () => {
      const settings = await saved();
      const { environmentId, id } = settings;
      const before = await accounts().rotate(environmentId, id, hashSecret('one'));
      expect(await accounts().remove(environmentId, id)).toBe(true);
      expect(await accounts().remove(environmentId, id)).toBe(false);
      expect(await accounts().find(environmentId, id)).toBeUndefined();
      await accounts().save(settings);
      const again = await accounts().find(environmentId, id);
      expect(again?.version).toBeGreaterThan(before?.version as number);
      expect(again).not.toHaveProperty('jtiHash');
    });

    it('house: lists the environment’s accounts, or one client’s, by id', async () => {
      const { environmentId } = await saved({ id: 'b' });
      await accounts().save(aServiceAccount({ environmentId, id: 'a', clientId: 'other' }));
      await saved({ id: 'elsewhere' });
      const ids = async (clientId?: string) => (await accounts().list(environmentId, clientId)).map(({ id }) => id);
      expect(await ids()).toEqual(['a', 'b']);
      expect(await ids('other')).toEqual(['a']);
      expect(await ids('nobody')).toEqual([]);
      expect(await ids('\0')).toEqual([]);
    });

    it.each(['nobody', '', '\0', 'x'.repeat(5000), '\ud800'])('house: %j names nothing', async (id) => {
      const { environmentId } = await saved();
      expect(await accounts().find(environmentId, id)).toBeUndefined();
      expect(await accounts().rotate(environmentId, id, hashSecret('one'))).toBeUndefined();
      expect(await accounts().remove(environmentId, id)).toBe(false);
      expect(await accounts().find(id, 'night')).toBeUndefined();
    });

    it('MT-01 the same id in two environments is two accounts', async () => {
      const [one, other] = [await saved({ name: 'One' }), await saved({ name: 'Other' })];
      await accounts().rotate(one.environmentId, one.id, hashSecret('one'));
      expect(await accounts().find(other.environmentId, other.id)).not.toHaveProperty('jtiHash');
      await accounts().remove(one.environmentId, one.id);
      expect(await accounts().find(other.environmentId, other.id)).toMatchObject({ name: 'Other' });
    });

    it('S7 a rotation and a removal are seen by every replica within a second', async () => {
      const { environmentId, id } = await saved();
      const seen = async () => (await elsewhere().find(environmentId, id))?.version;
      const before = await seen();
      await accounts().rotate(environmentId, id, hashSecret('one'));
      await eventually(async () => (await seen()) !== before);
      await accounts().remove(environmentId, id);
      await eventually(async () => (await seen()) === undefined);
    });
  });
}
