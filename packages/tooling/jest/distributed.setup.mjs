import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  createDatabase,
  findNatsServer,
  freePort,
  migrateAndApply,
  repositoryRoot,
  startFleet,
  startNats,
} from '@grantway/local-services';
import { setUp, stopLater } from './running.mjs';

/** Every service as processes of its own, the token service twice, on their own database: GRANTWAY_DISTRIBUTED_URL. */
export default () =>
  setUp(async () => {
    const databaseUrl = await createDatabase(process.env.GRANTWAY_TEST_DATABASE_URL, 'conformance_distributed');
    const natsUrl = await busOfItsOwn();
    const publicPort = await freePort();
    const masterKey = randomBytes(32).toString('base64url');
    const contract = {
      DATABASE_URL: databaseUrl,
      NATS_URL: natsUrl,
      PUBLIC_URL: `http://localhost:${publicPort}`,
      GRANTWAY_MASTER_KEY: masterKey,
      HEALTH_PORT: '0',
    };
    await migrateAndApply(join(repositoryRoot, 'packages/conformance/environments'), contract);
    const fleet = await startFleet({
      ...{ databaseUrl, natsUrl, publicPort },
      replicas: { token: 2, authorize: 1, device: 2, ciba: 2, gateway: 1 },
      env: { GRANTWAY_MASTER_KEY: masterKey },
      ownGroup: false,
    });
    stopLater(() => fleet.stop());
    Object.assign(process.env, {
      GRANTWAY_DISTRIBUTED_URL: fleet.publicUrl,
      GRANTWAY_DISTRIBUTED_DATABASE_URL: databaseUrl,
      GRANTWAY_DISTRIBUTED_NATS_URL: natsUrl,
      GRANTWAY_DISTRIBUTED_MASTER_KEY: masterKey,
      GRANTWAY_DISTRIBUTED_PROCESSES: JSON.stringify(
        fleet.processes.map(({ name, pid, healthUrl, url }) => ({ name, pid, healthUrl, url })),
      ),
    });
  });

/** Integration specs answer on the same subjects: on one bus they would take the fleet's requests. */
async function busOfItsOwn() {
  if (!findNatsServer() && process.env.GRANTWAY_TEST_NATS_URL) return process.env.GRANTWAY_TEST_NATS_URL;
  const nats = await startNats({ ownGroup: false });
  stopLater(() => nats.stop());
  return nats.url;
}
