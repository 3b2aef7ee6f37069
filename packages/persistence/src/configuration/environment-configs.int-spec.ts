import { ConfigConflictError, type EnvironmentConfig } from '@grantway/domain';
import { ScopeSet } from '@grantway/protocol';
import {
  aClient,
  aConfiguredUser,
  aNewAuthorization,
  aNewCode,
  anEnvironment,
  aPublicClient,
  aResource,
} from '@grantway/testing';
import pg from 'pg';
import { openReplica } from '../../test/postgres-world.js';
import { type ScratchDatabase, scratchDatabase } from '../../test/scratch-database.js';
import { hashPassword } from '../directory/passwords.js';

describe('EnvironmentConfigs.apply', () => {
  let scratch: ScratchDatabase;
  let replica: ReturnType<typeof openReplica>;
  let ear: pg.Client;
  const heard: string[] = [];
  beforeAll(async () => {
    scratch = await scratchDatabase();
    ear = new pg.Client({ connectionString: scratch.url });
    await ear.connect();
    ear.on('notification', ({ payload }) => void heard.push(payload ?? ''));
    await ear.query('LISTEN grantway_config');
  });
  beforeEach(async () => {
    await scratch.query('DELETE FROM environment');
    await scratch.query('TRUNCATE authorization_record, authorization_code, consent');
    replica = openReplica(scratch.url);
    await announced();
  });
  afterEach(async () => {
    await replica.close();
  });
  afterAll(async () => {
    await ear.end();
    await scratch.drop();
  });

  const config = (changes: Partial<EnvironmentConfig> = {}): EnvironmentConfig => ({
    environment: anEnvironment(),
    resources: [aResource()],
    clients: [aClient(), aPublicClient()],
    users: [aConfiguredUser()],
    ...changes,
  });
  const apply = (changes: Partial<EnvironmentConfig> = {}) => replica.configs.apply(config(changes));
  const nothing = { created: [], updated: [], removed: [] };
  const announced = async () => {
    await ear.query('SELECT 1'); // notifications come before the answer
    return heard.splice(0);
  };
  const snapshot = async () => {
    const tables: unknown[] = [];
    for (const table of ['environment', 'client', 'resource', 'directory_user']) {
      tables.push(await scratch.query(`SELECT * FROM ${table} ORDER BY 1, 2`));
    }
    return JSON.stringify(tables);
  };

  it('house: creates all a file names and says so, with one announcement', async () => {
    expect(await apply()).toEqual({
      created: ['environment acme', 'resource orders', 'client shop', 'client spa', 'user user-alice'],
      updated: [],
      removed: [],
    });
    expect(await announced()).toEqual(['acme']);
  });

  it('house: applied again it writes nothing, announces nothing and loads no Prisma', async () => {
    await apply();
    const before = await snapshot();
    await announced();
    replica.database.prisma = () => Promise.reject(new Error('Prisma was loaded'));
    expect(await apply()).toEqual(nothing);
    expect(await snapshot()).toBe(before);
    expect(await announced()).toEqual([]);
  });

  it('house: says what it updated, and touches nothing else', async () => {
    await apply();
    const before = await scratch.query(`SELECT * FROM client WHERE id = 'spa'`);
    const changes = {
      environment: anEnvironment({ name: 'Acme Ltd' }),
      clients: [aClient({ accessTokenLifetime: 60 }), aPublicClient()],
      resources: [aResource({ scopes: [] })],
      users: [aConfiguredUser({ claims: { name: 'A.' } })],
    };
    expect(await apply(changes)).toEqual({
      created: [],
      updated: ['environment acme', 'resource orders', 'client shop', 'user user-alice'],
      removed: [],
    });
    expect(await scratch.query(`SELECT * FROM client WHERE id = 'spa'`)).toEqual(before);
    expect(await apply(changes)).toEqual(nothing);
    expect(await replica.clients.find('acme', 'shop')).toEqual(aClient({ accessTokenLifetime: 60 }));
    expect(await apply()).toMatchObject({
      updated: ['environment acme', 'resource orders', 'client shop', 'user user-alice'],
    });
    expect(await replica.clients.find('acme', 'shop')).toEqual(aClient());
  });

  it('house: what the file no longer names goes, people and what the API made stay', async () => {
    await apply();
    await scratch.query(
      `INSERT INTO client SELECT environment_id, 'dynamic', name, enabled, auth_method, secret_hashes, grant_types, response_types,
         redirect_uris, allowed_origins, scopes, default_scopes, trusted, pkce_required, refresh, access_token_lifetime,
         multiple_resources, legacy, 'api' FROM client WHERE id = 'shop'`,
    );
    await scratch.query(
      `INSERT INTO resource SELECT environment_id, 'dynamic', 'urn:dynamic', scopes, access_token_lifetime, 'api' FROM resource`,
    );
    expect(await apply({ resources: [], clients: [aPublicClient()], users: [] })).toEqual({
      created: [],
      updated: [],
      removed: ['resource orders', 'client shop'],
    });
    expect(await scratch.query('SELECT id FROM client ORDER BY id')).toEqual([{ id: 'dynamic' }, { id: 'spa' }]);
    expect(await scratch.query('SELECT name FROM resource')).toEqual([{ name: 'dynamic' }]);
    expect(await scratch.query('SELECT id FROM directory_user')).toEqual([{ id: 'user-alice' }]);
  });

  it('house: a client that is removed leaves no tokens and no consent for one of its name that comes later', async () => {
    await apply();
    const code = await replica.codes.issue(aNewCode());
    const found = await replica.codes.find('acme', code);
    const id = (await replica.authorizations.redeemCode(found?.id ?? '', aNewAuthorization())) ?? '';
    await replica.consents.remember('acme', 'user-alice', 'shop', ScopeSet.of('openid'));
    await apply({ clients: [aPublicClient()] });
    await apply();
    expect(await replica.authorizations.isLive('acme', id)).toBe(false);
    expect((await replica.consents.find('acme', 'user-alice', 'shop')).size).toBe(0);
  });

  describe('passwords', () => {
    const changedAt = async () => (await replica.users.find('acme', 'user-alice'))?.passwordChangedAt.getTime();
    const signsOn = async (password: string) =>
      (await replica.users.authenticate('acme', 'alice', password)) !== undefined;

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
      expect(await apply({ users: [aConfiguredUser({ password: { hash } })] })).toEqual(nothing);
    });

    it('house: a file that names no password leaves it alone', async () => {
      await apply();
      const { password: _, ...user } = aConfiguredUser({ status: 'locked' });
      await apply({ users: [user] });
      expect(await signsOn('correct horse')).toBe(true);
      expect(await replica.users.find('acme', 'user-alice')).toMatchObject({ status: 'locked' });
    });

    it('CO-11 no password is found in the database', async () => {
      await apply();
      expect(await snapshot()).not.toContain('correct horse');
    });
  });

  describe('conflicts', () => {
    it.each<[string, Partial<EnvironmentConfig>, string]>([
      [
        'TX-03 a client with the id of a user',
        { clients: [aClient({ id: 'user-alice' })] },
        'user-alice is the id of a client and of a user',
      ],
      ['house: a client twice', { clients: [aClient(), aClient()] }, 'client shop is there twice'],
      [
        'house: a resource twice',
        { resources: [aResource(), aResource({ audience: 'urn:b' })] },
        'resource orders is there twice',
      ],
      [
        'house: an audience twice',
        { resources: [aResource(), aResource({ name: 'b' })] },
        'audience https://orders.example belongs',
      ],
      [
        'house: a name in two spellings',
        { users: [aConfiguredUser(), aConfiguredUser({ id: 'u2', username: 'ALICE' })] },
        'username alice belongs',
      ],
      [
        'house: a user twice',
        { users: [aConfiguredUser(), aConfiguredUser({ username: 'al' })] },
        'user user-alice is there twice',
      ],
      [
        'house: a hash that is none',
        { users: [aConfiguredUser({ password: { hash: 'secret' } })] },
        'the password hash of user user-alice',
      ],
    ])('%s: nothing is written', async (_, changes, message) => {
      const error = await apply(changes).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(ConfigConflictError);
      expect((error as ConfigConflictError).conflicts).toEqual([expect.stringContaining(message)]);
      expect(await scratch.query('SELECT FROM environment')).toEqual([]);
      expect((error as Error).message).not.toContain('secret');
    });

    it.each<[string, Partial<EnvironmentConfig>, string]>([
      [
        'TX-03 a new client with the id of a stored user',
        { clients: [aClient({ id: 'user-alice' })], users: [] },
        'user-alice is the id',
      ],
      [
        'TX-03 a new user with the id of a client',
        { users: [aConfiguredUser({ id: 'shop', username: 'shop' })] },
        'shop is the id',
      ],
      ['house: a name a stored user has', { users: [aConfiguredUser({ id: 'u2' })] }, 'username alice belongs'],
    ])('%s: nothing is written', async (_, changes, message) => {
      await apply();
      const before = await snapshot();
      await expect(apply(changes)).rejects.toThrow(message);
      expect(await snapshot()).toBe(before);
    });

    it('house: a client or resource the API made is not the file’s to take', async () => {
      await apply();
      await scratch.query(`UPDATE client SET origin = 'api' WHERE id = 'shop'`);
      await scratch.query(`UPDATE resource SET origin = 'api'`);
      await expect(apply()).rejects.toMatchObject({
        conflicts: expect.arrayContaining([
          'client shop was registered through the API',
          'resource orders was registered through the API',
        ]),
      });
    });

    it('house: two users that exchange their names are refused as a whole', async () => {
      const bob = aConfiguredUser({ id: 'user-bob', username: 'bob' });
      await apply({ users: [aConfiguredUser(), bob] });
      const before = await snapshot();
      const exchanged = [aConfiguredUser({ username: 'bob' }), aConfiguredUser({ id: 'user-bob', username: 'alice' })];
      await expect(apply({ users: exchanged })).rejects.toBeInstanceOf(ConfigConflictError);
      expect(await snapshot()).toBe(before);
    });
  });

  it('house: of processes that apply one file at once one writes, and none fails', async () => {
    const other = openReplica(scratch.url);
    const applied = await Promise.all([apply(), other.configs.apply(config()), apply(), other.configs.apply(config())]);
    expect(applied.filter(({ created }) => created.length > 0)).toHaveLength(1);
    await other.close();
  });

  it('MT-01 two environments with the same ids do not touch each other', async () => {
    await apply();
    const elsewhere = anEnvironment({ id: 'globex' });
    const clients = [aClient({ environmentId: 'globex', name: 'Other' })];
    await replica.configs.apply({ environment: elsewhere, resources: [], clients, users: [aConfiguredUser()] });
    expect(await apply()).toEqual(nothing);
    expect(await replica.clients.find('acme', 'shop')).toMatchObject({ name: 'Shop' });
    expect(await replica.clients.find('globex', 'shop')).toMatchObject({ name: 'Other' });
  });
});
