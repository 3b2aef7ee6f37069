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
  issueCode,
} from '@grantway/testing';
import { Applying, aConfig, NOTHING_CHANGED } from '../../test/applying.js';
import { openReplica } from '../../test/postgres-world.js';

const BOB = { id: 'user-bob', username: 'bób@EXAMPLE.com' };

describe('EnvironmentConfigs.apply', () => {
  const applying = Applying.inSuite();
  const apply = (changes: Partial<EnvironmentConfig> = {}) => applying.apply(changes);

  it('house: creates all a file names and says so, with one announcement', async () => {
    expect(await apply()).toEqual({
      created: ['environment acme', 'resource orders', 'client shop', 'client spa', 'user user-alice'],
      updated: [],
      removed: [],
    });
    expect(await applying.announced()).toEqual(['acme']);
  });

  it('house: applied again it writes nothing, announces nothing and loads no Prisma', async () => {
    await apply();
    const before = await applying.snapshot();
    await applying.announced();
    applying.replica.database.prisma = () => Promise.reject(new Error('Prisma was loaded'));
    expect(await apply()).toEqual(NOTHING_CHANGED);
    expect(await applying.snapshot()).toBe(before);
    expect(await applying.announced()).toEqual([]);
  });

  it('house: says what it updated, and touches nothing else', async () => {
    await apply();
    const before = await applying.scratch.query(`SELECT * FROM client WHERE id = 'spa'`);
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
    expect(await applying.scratch.query(`SELECT * FROM client WHERE id = 'spa'`)).toEqual(before);
    expect(await apply(changes)).toEqual(NOTHING_CHANGED);
    expect(await applying.replica.clients.find('acme', 'shop')).toEqual(aClient({ accessTokenLifetime: 60 }));
    expect(await apply()).toMatchObject({
      updated: ['environment acme', 'resource orders', 'client shop', 'user user-alice'],
    });
    expect(await applying.replica.clients.find('acme', 'shop')).toEqual(aClient());
  });

  it('house: what the file no longer names goes, people and what the API made stay', async () => {
    await apply();
    await applying.scratch.query(
      `INSERT INTO client SELECT environment_id, 'dynamic', name, enabled, auth_method, secret_hashes, grant_types, response_types,
         redirect_uris, allowed_origins, scopes, default_scopes, trusted, pkce_required, refresh, access_token_lifetime,
         multiple_resources, legacy, 'api' FROM client WHERE id = 'shop'`,
    );
    await applying.scratch.query(
      `INSERT INTO resource SELECT environment_id, 'dynamics', 'urn:dynamic', scopes, access_token_lifetime, 'api' FROM resource`,
    );
    expect(await apply({ resources: [], clients: [aPublicClient()], users: [] })).toEqual({
      created: [],
      updated: [],
      removed: ['resource orders', 'client shop'],
    });
    expect(await applying.scratch.query('SELECT id FROM client ORDER BY id')).toEqual([
      { id: 'dynamic' },
      { id: 'spa' },
    ]);
    expect(await applying.scratch.query('SELECT name FROM resource')).toEqual([{ name: 'dynamics' }]);
    expect(await applying.scratch.query('SELECT id FROM directory_user')).toEqual([{ id: 'user-alice' }]);
  });

  it('house: a client that is removed leaves no tokens and no consent for one of its name that comes later', async () => {
    await apply();
    const code = await issueCode(applying.replica, aNewCode());
    const found = await applying.replica.codes.find('acme', code);
    const id =
      (await applying.replica.authorizations.redeem({ authorizationCode: found?.id ?? '' }, aNewAuthorization())) ?? '';
    await applying.replica.consents.remember('acme', 'user-alice', 'shop', ScopeSet.of('openid'));
    await apply({ clients: [aPublicClient()] });
    await apply();
    expect(await applying.replica.authorizations.isLive('acme', id)).toBe(false);
    expect((await applying.replica.consents.find('acme', 'user-alice', 'shop')).size).toBe(0);
  });

  it('house: whoever has their own address for a name is no conflict, and two may share an address', async () => {
    const claims = { email: 'BÓB@example.com' };
    const alike = { id: 'user-carol', username: 'carol', claims: { email: 'alice@example.com' } };
    const users = [aConfiguredUser(), aConfiguredUser({ ...BOB, claims }), aConfiguredUser(alike)];
    await apply({ users });
    expect(await apply({ users })).toEqual(NOTHING_CHANGED);
    expect(await applying.scratch.query('SELECT email_key FROM directory_user ORDER BY id')).toEqual([
      ...[{ email_key: 'alice@example.com' }, { email_key: 'bób@example.com' }, { email_key: 'alice@example.com' }],
    ]);
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
        'CVE-2024-1722 a name that is another’s address',
        { users: [aConfiguredUser({ claims: { email: 'Bób@example.com' } }), aConfiguredUser(BOB)] },
        "username bób@example.com is another user's e-mail address",
      ],
      [
        'house: a resource with the name of a client',
        { resources: [aResource({ name: 'shop' })] },
        "shop is the id of a client and a resource's name or audience",
      ],
      [
        'house: an audience that is a client',
        { resources: [aResource({ audience: 'shop' })] },
        "shop is the id of a client and a resource's name or audience",
      ],
      [
        'house: an audience that is the name of another resource',
        { resources: [aResource({ audience: 'b' }), aResource({ name: 'b', audience: 'urn:b', scopes: [] })] },
        'audience b of resource orders is the name of another resource',
      ],
      [
        'house: a user twice',
        { users: [aConfiguredUser(), aConfiguredUser({ username: 'al' })] },
        'user user-alice is there twice',
      ],
      [
        'D10 a device path twice',
        { clients: ['shop', 'spa'].map((id) => aClient({ id, device: { pathId: 'tv', refresh: false } })) },
        'device path id tv belongs to more than one client',
      ],
      [
        'TX-03 a user with the name of a service account',
        { users: [aConfiguredUser({ id: 'urn:grantway:serviceaccount:x' })] },
        'urn:grantway:serviceaccount:x is how service accounts are named',
      ],
      [
        'house: a user code that is no hash',
        { users: [aConfiguredUser({ userCode: { hash: 'secret' } })] },
        'the user code hash of user user-alice',
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
      expect(await applying.scratch.query('SELECT FROM environment')).toEqual([]);
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
      [
        'CVE-2024-1722 a name that is a stored user’s address',
        { users: [aConfiguredUser({ ...BOB, username: 'ALICE@example.com' })] },
        "username alice@example.com is another user's e-mail address",
      ],
      [
        'CVE-2024-1722 an address that is a stored user’s name',
        { users: [aConfiguredUser({ ...BOB, username: 'bob', claims: { email: 'Alice' } })] },
        "username alice is another user's e-mail address",
      ],
      ['house: a name a stored user has', { users: [aConfiguredUser({ id: 'u2' })] }, 'username alice belongs'],
    ])('%s: nothing is written', async (_, changes, message) => {
      await apply();
      const before = await applying.snapshot();
      await expect(apply(changes)).rejects.toThrow(message);
      expect(await applying.snapshot()).toBe(before);
    });

    it('house: a client or resource the API made is not the file’s to take', async () => {
      await apply();
      await applying.scratch.query(`UPDATE client SET origin = 'api' WHERE id = 'shop'`);
      await applying.scratch.query(`UPDATE resource SET origin = 'api'`);
      await expect(apply()).rejects.toMatchObject({
        conflicts: expect.arrayContaining([
          'client shop was registered through the API',
          'resource orders was registered through the API',
        ]),
      });
    });

    it('D10 two clients that exchange their device paths are refused as a whole', async () => {
      const clients = (...paths: string[]) =>
        paths.map((pathId, at) => aClient({ id: `c${at}`, device: { pathId, refresh: false } }));
      await apply({ clients: clients('tv', 'box') });
      const before = await applying.snapshot();
      await expect(apply({ clients: clients('box', 'tv') })).rejects.toThrow('a device path is taken');
      expect(await applying.snapshot()).toBe(before);
      expect(await apply({ clients: clients('tv', 'set-top-box') })).toMatchObject({ updated: ['client c1'] });
    });

    it('house: two users that exchange their names are refused as a whole', async () => {
      const bob = aConfiguredUser({ id: 'user-bob', username: 'bob' });
      await apply({ users: [aConfiguredUser(), bob] });
      const before = await applying.snapshot();
      const exchanged = [aConfiguredUser({ username: 'bob' }), aConfiguredUser({ id: 'user-bob', username: 'alice' })];
      await expect(apply({ users: exchanged })).rejects.toBeInstanceOf(ConfigConflictError);
      expect(await applying.snapshot()).toBe(before);
    });
  });

  it('house: of processes that apply one file at once one writes, and none fails', async () => {
    const other = openReplica(applying.scratch.url);
    const applied = await Promise.all([
      apply(),
      other.configs.apply(aConfig()),
      apply(),
      other.configs.apply(aConfig()),
    ]);
    expect(applied.filter(({ created }) => created.length > 0)).toHaveLength(1);
    await other.close();
  });

  it('MT-01 two environments with the same ids do not touch each other', async () => {
    await apply();
    const elsewhere = anEnvironment({ id: 'globex' });
    const clients = [aClient({ environmentId: 'globex', name: 'Other' })];
    const users = [aConfiguredUser()];
    await applying.replica.configs.apply({
      environment: elsewhere,
      resources: [],
      clients,
      users,
      serviceAccounts: [],
    });
    expect(await apply()).toEqual(NOTHING_CHANGED);
    expect(await applying.replica.clients.find('acme', 'shop')).toMatchObject({ name: 'Shop' });
    expect(await applying.replica.clients.find('globex', 'shop')).toMatchObject({ name: 'Other' });
  });
});
