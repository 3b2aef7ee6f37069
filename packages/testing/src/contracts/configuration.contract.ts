import type { Client, EnvironmentConfig } from '@grantway/domain';
import { aClient, aPublicClient } from '../mothers/client.mother.js';
import { anEnvironment, aResource } from '../mothers/environment.mother.js';
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
          aResource({
            environmentId: id,
            name: 'api',
            audience: 'urn:api',
            scopes: [],
            accessTokenLifetime: 5,
            accessTokenFormat: 'opaque',
            accessTokenAlgorithm: 'RS256',
            introspectionSecretHashes: ['one', 'two'],
            mayAct: { client_id: 'shop' },
          }),
        ],
        clients: clients(id),
        users: [],
        serviceAccounts: [],
      };
      await world().configure(config);
      return { id, config };
    }

    it('house: an environment is read as it was written', async () => {
      const { id, config } = await configured();
      expect(await world().replicas[1].environments.find(id)).toEqual(config.environment);
      const environment = anEnvironment({
        id,
        par: 'required',
        outbound: { privateAddresses: true },
        userCode: { characters: 'digits', length: 6 },
        accounts: { recovery: true, registration: true, messagesUrl: 'https://messages.example' },
      });
      await world().configure({ ...config, environment });
      await eventually(async () => (await world().replicas[1].environments.find(id))?.par === 'required');
      expect(await world().replicas[1].environments.find(id)).toEqual(environment);
    });

    it('house: a client is read as it was written', async () => {
      const { id, config } = await configured((environmentId) => [
        aClient({
          environmentId,
          accessTokenLifetime: 60,
          refresh: { idle: 5, onReuse: 'refuse', withoutOfflineAccess: true },
        }),
        aPublicClient({ environmentId }),
        aClient({
          environmentId,
          id: 'every-grant',
          keys: { jwks: { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'AA' }] } },
          sealedSecret: 'sealed',
          postLogoutRedirectUris: ['https://shop.example/bye'],
          par: { required: true, lifetime: 30 },
          requestObjects: 'required',
          device: { pathId: 'tv', verificationUri: 'https://shop.example/tv', lifetime: 9, interval: 2, refresh: true },
          backchannel: {
            delivery: 'ping',
            notificationEndpoint: 'https://shop.example/ping',
            userCode: true,
            signedRequests: true,
          },
          exchange: { impersonation: true, allowedDelegators: ['spa'] },
        }),
        aClient({ environmentId, id: 'keys-elsewhere', keys: { jwksUri: 'https://shop.example/jwks' } }),
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

    it('D10 a device path leads to its client, of this environment alone', async () => {
      const clients = (environmentId: string) => [
        aClient({ environmentId, device: { pathId: 'tv', refresh: false } }),
        aPublicClient({ environmentId }),
      ];
      const { id } = await configured(clients);
      const { id: other } = await configured();
      expect(await stores().clients.findByDevicePath(id, 'tv')).toEqual(clients(id)[0]);
      expect(await stores().clients.findByDevicePath(id, 'TV')).toBeUndefined();
      expect(await stores().clients.findByDevicePath(id, 'shop')).toBeUndefined();
      expect(await stores().clients.findByDevicePath(other, 'tv')).toBeUndefined();
      for (const path of ['', '\0', 'x'.repeat(5000)])
        expect(await stores().clients.findByDevicePath(id, path)).toBeUndefined();
    });

    it('D10 a device path that moves to another client leads there, on every replica', async () => {
      const { id, config } = await configured((environmentId) => [
        aClient({ environmentId, device: { pathId: 'tv', refresh: false } }),
      ]);
      const owners = () =>
        Promise.all(world().replicas.map(async ({ clients }) => (await clients.findByDevicePath(id, 'tv'))?.id));
      expect(await owners()).toEqual(['shop', 'shop']);
      await world().configure({ ...config, clients: [aClient({ environmentId: id })] });
      await eventually(async () => (await owners()).every((owner) => owner === undefined));
      const spa = aPublicClient({ environmentId: id, device: { pathId: 'tv', refresh: false } });
      await world().configure({ ...config, clients: [aClient({ environmentId: id }), spa] });
      await eventually(async () => (await owners()).every((owner) => owner === 'spa'));
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
