import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, type NatsServer, repositoryRoot, startNats } from '@grantway/local-services';

const OVERLAY = join(repositoryRoot, 'deploy/overlays/production/nats/server.conf');
const EVERYWHERE = join(repositoryRoot, 'deploy/nats/nats.conf');
const SERVERS = 3;

export interface ProductionBus {
  /** One of the servers; the others are told by it. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * The NATS cluster of deploy/overlays/production, from its own configuration: of that the places and ports alone are changed.
 *
 * @param home has `tls/tls.crt`, `tls.key` and `ca.crt`, good for localhost, and `users/nats-users.conf`, as the pods have them
 */
export async function startProductionBus(home: string): Promise<ProductionBus> {
  const written = await readFile(OVERLAY, 'utf8');
  const common = await readFile(EVERYWHERE, 'utf8');
  const routes = await Promise.all(Array.from({ length: SERVERS }, () => freePort()));
  const starts = await Promise.allSettled(
    routes.map(async (route, n) => {
      const place = join(home, `nats-${n}`);
      // Beside `users`, for the include is relative.
      const config = join(home, `config-${n}`);
      await Promise.all([mkdir(place), mkdir(config)]);
      const text = written
        .replaceAll('/etc/nats/tls/', `${home}/tls/`)
        .replace('/run/nats/', `${place}/`)
        .replace('/data', `${place}/data`)
        .replace('$POD_NAME', `nats-${n}`)
        .replace(/^http: \d+$/m, '')
        .replace('port: 6222', `port: ${route}`)
        .replace(
          /nats-(\d)\.nats-servers\.grantway\.svc:6222/g,
          (_host, at: string) => `localhost:${routes[Number(at)]}`,
        );
      await writeFile(join(config, 'server.conf'), text);
      await writeFile(join(config, 'nats.conf'), common);
      return startNats({ config: join(config, 'server.conf'), ownGroup: false });
    }),
  );
  const servers = starts.flatMap((start): NatsServer[] => (start.status === 'fulfilled' ? [start.value] : []));
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return { url: `tls://localhost:${servers[0]?.port}`, stop };
}
