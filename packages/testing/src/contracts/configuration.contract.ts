import type { Client, EnvironmentConfig } from '@grantway/domain';
import { aClient, aPublicClient } from '../mothers/client.mother.js';
import { anEnvironment, aResource } from '../mothers/environment.mother.js';
import { aConfiguredUser } from '../mothers/user.mother.js';
import { eventually, freshEnvironmentId, type World, worldOf } from './world.js';

/** Environments, Clients and Resources: what was configured is read, on every replica. */
export function describeConfiguration(name: string, open: () => Promise<World>): void {
  describe(`Environments, Clients, Resources: ${name}`, () => {
    const world = worldOf(open);
    const stores = () => world().replicas[0];

    async function configured(clients: (environmentId: string) => readonly Client[] = () => []) {
      const id = freshEnvironmentId();
      const config: EnvironmentConfig = {
        environment: anEnvironment({ id }),
        resources: [
          aResource({ environmentId: id }),
          aResource({ environmentId: id, name: 'api', audience: 'urn:api', scopes: [], accessTokenLifetime: 5 }),
        ],
        clients: clients(id),
        users: [],
      };
      await world().configure(config);
      return { id, config };
    }

    it('house: an environment is read as it was written', async () => {
      const { id, config } = await configured();
      expect(await world().replicas[1].environments.find(id)).toEqual(config.environment);
    });

    it('house: a client is read as it was written', async () => {
      const { id, config } = await configured((environmentId) => [
        aClient({
          environmentId,
          accessTokenLifetime: 60,
          refresh: { idle: 5, onReuse: 'refuse', withoutOfflineAccess: true },
        }),
        aPublicClient({ environmentId }),
      ]);
      for (const client of config.clients) {
        expect(await world().replicas[1].clients.find(id, client.id)).toEqual(client);
      }
    });

    it('X14 a disabled client is found, so that the caller can say so', async () => {
      const { id } = await configured((environmentId) => [aClient({ environmentId, enabled: false })]);
      expect(await stores().clients.find(id, 'shop')).toMatchObject({ enabled: false });
    });

    it('MT-01 the same client id in two environments is two clients', async () => {
      const [one, other] = [
        await configured((environmentId) => [aClient({ environmentId, name: 'One' })]),
        await configured((environmentId) => [aClient({ environmentId, name: 'Other' })]),
      ];
      expect(await stores().clients.find(one.id, 'shop')).toMatchObject({ environmentId: one.id, name: 'One' });
      expect(await stores().clients.find(other.id, 'shop')).toMatchObject({ environmentId: other.id, name: 'Other' });
    });

    it.each(['nobody', '', '\0', 'x'.repeat(5000), '\ud800'])('house: %j names nothing', async (id) => {
      const environment = await configured();
      expect(await stores().environments.find(id)).toBeUndefined();
      expect(await stores().clients.find(environment.id, id)).toBeUndefined();
      expect(await stores().clients.find(id, 'shop')).toBeUndefined();
      expect((await stores().resources.catalog(id)).resources).toEqual([]);
    });

    it('house: the catalog has the resources of this environment, in order of name', async () => {
      const { id, config } = await configured();
      const catalog = await world().replicas[1].resources.catalog(id);
      expect(catalog.resources).toEqual([...config.resources].reverse());
      expect(catalog.needsUser('orders:place')).toBe(true);
    });

    it('HT-04 an origin is allowed where an enabled client lists it', async () => {
      const { id } = await configured((environmentId) => [
        aPublicClient({ environmentId }),
        aPublicClient({ environmentId, id: 'off', enabled: false, allowedOrigins: ['https://off.example'] }),
      ]);
      const { id: elsewhere } = await configured();
      expect(await stores().clients.someAllowsOrigin(id, 'https://spa.example')).toBe(true);
      expect(await stores().clients.someAllowsOrigin(id, 'https://off.example')).toBe(false);
      expect(await stores().clients.someAllowsOrigin(id, 'https://evil.example')).toBe(false);
      expect(await stores().clients.someAllowsOrigin(elsewhere, 'https://spa.example')).toBe(false);
    });

    it('design §4.6 a change is seen by every replica within a second', async () => {
      const { id, config } = await configured((environmentId) => [aClient({ environmentId, name: 'Before' })]);
      const names = () =>
        Promise.all(world().replicas.map(async ({ clients }) => (await clients.find(id, 'shop'))?.name));
      expect(await names()).toEqual(['Before', 'Before']);
      await world().configure({ ...config, clients: [aClient({ environmentId: id, name: 'After' })] });
      await eventually(async () => (await names()).every((each) => each === 'After'));
    });
  });
}

export function describeUserDirectory(name: string, open: () => Promise<World>): void {
  describe(`UserDirectory: ${name}`, () => {
    const world = worldOf(open);
    const users = () => world().replicas[1].users;

    async function withUsers(...configured: ReturnType<typeof aConfiguredUser>[]): Promise<string> {
      const id = freshEnvironmentId();
      await world().configure({ environment: anEnvironment({ id }), resources: [], clients: [], users: configured });
      return id;
    }

    it('house: finds a user by id, with claims', async () => {
      const environmentId = await withUsers(aConfiguredUser());
      const { password: _, ...expected } = aConfiguredUser();
      expect(await users().find(environmentId, 'user-alice')).toEqual({
        ...{ ...expected, environmentId },
        passwordChangedAt: expect.any(Date),
      });
      expect(await users().find(environmentId, 'user-bob')).toBeUndefined();
      expect(await users().find(environmentId, '\0')).toBeUndefined();
      expect(await users().find(freshEnvironmentId(), 'user-alice')).toBeUndefined();
    });

    it.each(['alice', 'ALICE', 'ａｌｉｃｅ'])('house: %s with the right password is Alice', async (username) => {
      const environmentId = await withUsers(aConfiguredUser());
      expect(await users().authenticate(environmentId, username, 'correct horse')).toMatchObject({ id: 'user-alice' });
    });

    it.each([
      ['a wrong password', 'alice', 'Correct horse'],
      ['no password', 'alice', ''],
      ['a name nobody has', 'bob', 'correct horse'],
      ['no name', '', 'correct horse'],
      ['a NUL byte', 'alice\0', 'correct horse'],
      ['a very long name', 'a'.repeat(100_000), 'correct horse'],
      ['a user without password', 'guest', ''],
    ])('SE-02 %s is nobody', async (_, username, password) => {
      const { password: __, ...guest } = aConfiguredUser({ id: 'user-guest', username: 'guest' });
      const environmentId = await withUsers(aConfiguredUser(), guest);
      expect(await users().authenticate(environmentId, username, password)).toBeUndefined();
    });

    it('MT-01 the same name in two environments is two users', async () => {
      const [one, other] = [
        await withUsers(aConfiguredUser()),
        await withUsers(aConfiguredUser({ password: { plain: 'battery' } })),
      ];
      expect(await users().authenticate(one, 'alice', 'battery')).toBeUndefined();
      expect(await users().authenticate(other, 'alice', 'battery')).toMatchObject({ environmentId: other });
    });

    it.each(['locked', 'disabled'] as const)(
      'house: who knows the password is told even when %s; the caller decides',
      async (status) => {
        const environmentId = await withUsers(aConfiguredUser({ status }));
        expect(await users().authenticate(environmentId, 'alice', 'correct horse')).toMatchObject({ status });
      },
    );
  });
}
