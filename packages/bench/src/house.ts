import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, migrateAndApply, startEmbeddedPostgres, startFleet, startNats } from '@grantway/local-services';

export const ADA = { username: 'ada', password: 'correct horse battery' };
export const WEB = {
  ...{ id: 'web', secret: 'a-secret-of-some-length', redirectUri: 'https://rp.example/callback' },
  scope: 'openid orders:read',
};
export const CALLER = { id: 'caller', secret: 'a-secret-of-some-length' };

/** The distributed mode on this machine, each service a process, with a PostgreSQL and a nats-server of its own. */
export class House {
  private constructor(
    readonly issuer: string,
    readonly natsUrl: string,
    private readonly ends: (() => Promise<unknown>)[],
  ) {}

  /** @param grantTypes that the environment and its client `caller` have beside the usual */
  static async open(grantTypes: readonly string[] = []): Promise<House> {
    const ends: (() => Promise<unknown>)[] = [];
    try {
      const folder = await mkdtemp(join(tmpdir(), 'grantway-bench-'));
      ends.push(() => rm(folder, { recursive: true, force: true }));
      const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), databases: ['grantway'] });
      ends.push(() => postgres.stop());
      const nats = await startNats();
      ends.push(() => nats.stop());
      const publicPort = await freePort();
      const publicUrl = `http://localhost:${publicPort}`;
      const databaseUrl = postgres.url('grantway');
      const key = { GRANTWAY_MASTER_KEY: randomBytes(32).toString('base64url') };
      const file = join(folder, 'bench.yaml');
      await writeFile(file, JSON.stringify(environment(grantTypes)));
      await migrateAndApply(file, { ...key, DATABASE_URL: databaseUrl, PUBLIC_URL: publicUrl });
      const fleet = await startFleet({
        ...{ databaseUrl, natsUrl: nats.url, publicPort, publicUrl },
        replicas: { token: 1, authorize: 1, device: 1, ciba: 1, gateway: 1 },
        env: { ...key, LOG_LEVEL: 'error' },
      });
      ends.push(() => fleet.stop());
      return new House(`${publicUrl}/bench/as`, nats.url, ends);
    } catch (error) {
      await end(ends);
      throw error;
    }
  }

  close(): Promise<void> {
    return end(this.ends);
  }
}

async function end(ends: (() => Promise<unknown>)[]): Promise<void> {
  for (const each of ends.splice(0).reverse()) await each();
}

/** As an environment file: JSON is YAML. */
function environment(grantTypes: readonly string[]): object {
  const { id, secret, redirectUri } = WEB;
  return {
    environment: 'bench',
    demo: true,
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials', ...grantTypes],
    resources: [{ name: 'orders', audience: 'https://api.example/orders', scopes: [{ name: 'orders:read' }] }],
    clients: [
      {
        ...{ id, secret, auth: 'client_secret_basic', redirectUris: [redirectUri], trusted: true },
        ...{ grantTypes: ['authorization_code', 'refresh_token'], scopes: ['openid', 'offline_access', 'orders:read'] },
      },
      {
        ...{ id: CALLER.id, secret: CALLER.secret, auth: 'client_secret_basic', scopes: ['orders:read'] },
        grantTypes: ['client_credentials', ...grantTypes],
      },
    ],
    users: [ADA],
  };
}
