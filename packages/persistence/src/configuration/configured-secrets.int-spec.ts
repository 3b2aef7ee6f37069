import type { EnvironmentConfig, ServiceAccountSettings } from '@grantway/domain';
import { aClient, aConfiguredUser } from '@grantway/testing';
import { Applying, NOTHING_CHANGED } from '../../test/applying.js';
import { hashPassword } from '../directory/passwords.js';

describe('EnvironmentConfigs.apply: what it does not take from the file as it is', () => {
  const applying = Applying.inSuite();
  const apply = (changes: Partial<EnvironmentConfig> = {}) => applying.apply(changes);

  describe('passwords', () => {
    const changedAt = async () =>
      (await applying.replica.users.find('acme', 'user-alice'))?.passwordChangedAt.getTime();
    const signsOn = async (password: string) =>
      (await applying.replica.users.authenticate('acme', 'alice', password)) !== undefined;

    it('house: a plain password that fits keeps its hash; another one replaces it and says when', async () => {
      await apply();
      const first = await changedAt();
      await apply({ users: [aConfiguredUser({ claims: {} })] });
      expect(await changedAt()).toBe(first);
      expect(await apply({ users: [aConfiguredUser({ password: { plain: 'battery staple' } })] })).toMatchObject({
        updated: ['user user-alice'],
      });
      expect(await changedAt()).toBeGreaterThan(first ?? 0);
      expect([await signsOn('battery staple'), await signsOn('correct horse')]).toEqual([true, false]);
    });

    it('house: a hash is stored as it is', async () => {
      const hash = await hashPassword('from elsewhere');
      await apply({ users: [aConfiguredUser({ password: { hash } })] });
      expect(await signsOn('from elsewhere')).toBe(true);
      expect(await apply({ users: [aConfiguredUser({ password: { hash } })] })).toEqual(NOTHING_CHANGED);
    });

    it('house: a file that names no password leaves it alone', async () => {
      await apply();
      const { password: _, ...user } = aConfiguredUser({ status: 'locked' });
      await apply({ users: [user] });
      expect(await signsOn('correct horse')).toBe(true);
      expect(await applying.replica.users.find('acme', 'user-alice')).toMatchObject({ status: 'locked' });
    });

    it('CO-11 no password is found in the database', async () => {
      await apply();
      expect(await applying.snapshot()).not.toContain('correct horse');
    });
  });

  describe('first passwords', () => {
    const first = (password = 'correct horse') => [
      aConfiguredUser({ mustChangePassword: true, password: { plain: password } }),
    ];
    const alice = () => applying.replica.users.find('acme', 'user-alice');

    it('house: one that was changed is not taken back by the file, and need not be changed again', async () => {
      await apply({ users: first() });
      expect(await alice()).toMatchObject({ mustChangePassword: true });
      await applying.replica.users.setPassword('acme', 'user-alice', 'my own');
      const before = await applying.snapshot();
      expect(await apply({ users: first() })).toEqual(NOTHING_CHANGED);
      expect(await applying.snapshot()).toBe(before);
      expect(await applying.replica.users.authenticate('acme', 'alice', 'my own')).toMatchObject({
        mustChangePassword: false,
      });
    });

    it('house: another one replaces it while it waits to be changed', async () => {
      await apply({ users: first() });
      expect(await apply({ users: first('battery staple') })).toMatchObject({ updated: ['user user-alice'] });
      expect(await applying.replica.users.authenticate('acme', 'alice', 'battery staple')).toMatchObject({
        mustChangePassword: true,
      });
    });

    it('house: a password that is in use can be made one to change, and let be again', async () => {
      await apply();
      expect(await apply({ users: first() })).toMatchObject({ updated: ['user user-alice'] });
      expect(await alice()).toMatchObject({ mustChangePassword: true });
      expect(await apply()).toMatchObject({ updated: ['user user-alice'] });
      expect(await alice()).toMatchObject({ mustChangePassword: false });
    });
  });

  describe('user codes', () => {
    const withCode = (plain: string) => ({ users: [aConfiguredUser({ userCode: { plain } })] });
    const check = (code: string) => applying.replica.users.checkUserCode('acme', 'user-alice', code);

    it('B4 one that fits keeps its hash, another one replaces it, none leaves it alone', async () => {
      await apply(withCode('4711'));
      expect(await apply(withCode('4711'))).toEqual(NOTHING_CHANGED);
      expect(await apply(withCode('0815'))).toMatchObject({ updated: ['user user-alice'] });
      expect([await check('0815'), await check('4711')]).toEqual(['right', 'wrong']);
      expect(await apply()).toEqual(NOTHING_CHANGED);
      expect(await check('0815')).toBe('right');
    });

    it('CO-11 no user code is found in the database', async () => {
      await apply(withCode('canary-4711'));
      expect(await applying.snapshot()).not.toContain('canary');
    });
  });

  describe('sealed secrets', () => {
    const sealed = (secret: string, sealedSecret: string) => ({
      clients: [aClient({ secretHashes: [`hash of ${secret}`], sealedSecret })],
    });
    const stored = async () => (await applying.replica.clients.find('acme', 'shop'))?.sealedSecret;

    it('house: a secret that stays keeps its seal, though a seal is another one each time', async () => {
      await apply(sealed('one', 'seal 1'));
      expect(await apply(sealed('one', 'seal 2'))).toEqual(NOTHING_CHANGED);
      expect(await stored()).toBe('seal 1');
      expect(
        await apply({ clients: [{ ...aClient(), ...sealed('one', 'seal 3').clients[0], name: 'New' }] }),
      ).toMatchObject({ updated: ['client shop'] });
      expect(await stored()).toBe('seal 1');
    });

    it('house: another secret gets another seal', async () => {
      await apply(sealed('one', 'seal 1'));
      expect(await apply(sealed('two', 'seal 2'))).toMatchObject({ updated: ['client shop'] });
      expect(await stored()).toBe('seal 2');
    });

    it('house: a secret that was kept as a hash alone is sealed when JWTs are keyed by it, and unsealed again', async () => {
      const { sealedSecret: _, ...hashed } = { ...aClient(), ...sealed('one', '').clients[0] };
      await apply({ clients: [hashed] });
      expect(await stored()).toBeUndefined();
      expect(await apply(sealed('one', 'seal 1'))).toMatchObject({ updated: ['client shop'] });
      expect(await stored()).toBe('seal 1');
      expect(await apply({ clients: [hashed] })).toMatchObject({ updated: ['client shop'] });
      expect(await stored()).toBeUndefined();
    });
  });

  describe('service accounts', () => {
    const account = (changes: Partial<ServiceAccountSettings> = {}): ServiceAccountSettings => ({
      environmentId: 'acme',
      id: 'nightly',
      name: 'Nightly run',
      enabled: true,
      clientId: 'shop',
      scopes: ['orders:read'],
      bindings: ['spa'],
      ...changes,
    });
    const withAccounts = (...serviceAccounts: ServiceAccountSettings[]) => ({ serviceAccounts });
    const rows = () =>
      applying.scratch.query('SELECT id, name, description, enabled, origin FROM service_account ORDER BY id');

    it('house: they are written with the rest and announced', async () => {
      const described = account({ id: 'hourly', description: 'Every hour', enabled: false });
      expect((await apply(withAccounts(account(), described))).created).toEqual(
        expect.arrayContaining(['client shop', 'service account nightly', 'service account hourly']),
      );
      expect(await rows()).toEqual([
        { id: 'hourly', name: 'Nightly run', description: 'Every hour', enabled: false, origin: 'file' },
        { id: 'nightly', name: 'Nightly run', description: null, enabled: true, origin: 'file' },
      ]);
      expect(await applying.announced()).toEqual(['acme']);
      expect(await apply(withAccounts(account(), described))).toEqual(NOTHING_CHANGED);
    });

    it('S7 what an operator changes leaves version and token alone', async () => {
      await apply(withAccounts(account()));
      await applying.scratch.query(`UPDATE service_account SET version = 7, jti_hash = '\\x0102'`);
      expect(await apply(withAccounts(account({ scopes: [], description: 'New' })))).toEqual({
        created: [],
        updated: ['service account nightly'],
        removed: [],
      });
      expect(await applying.scratch.query('SELECT version, jti_hash, scopes FROM service_account')).toEqual([
        { version: 7, jti_hash: Buffer.of(1, 2), scopes: [] },
      ]);
    });

    it('house: those the file no longer names go, those made in another way stay', async () => {
      await apply(withAccounts(account(), account({ id: 'made' })));
      await applying.scratch.query(`UPDATE service_account SET origin = 'api' WHERE id = 'made'`);
      await applying.announced();
      expect(await apply()).toEqual({ created: [], updated: [], removed: ['service account nightly'] });
      expect(await rows()).toMatchObject([{ id: 'made' }]);
      expect(await applying.announced()).toEqual(['acme']);
      await expect(apply(withAccounts(account({ id: 'made' })))).rejects.toMatchObject({
        conflicts: ['service account made was registered through the API'],
      });
    });
  });
});
