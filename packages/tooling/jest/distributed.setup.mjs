import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createDatabase,
  dockerEngineAnswers,
  findNatsServer,
  freePort,
  makeBusIdentities,
  migrateAndApply,
  repositoryRoot,
  startFleet,
  startNats,
} from '@grantway/local-services';
import { startBank } from './bank.mjs';
import { setUp, stopLater } from './running.mjs';

/** Grants that specs may serve on the fleet's bus, each with its seed: `grant-<slug>.nk` of GRANTWAY_DISTRIBUTED_IDENTITIES. */
const GRANTS = ['team-one', 'team-two'];

/**
 * Every service as processes of its own, the token service twice, three grants in a grant host, on their own database: GRANTWAY_DISTRIBUTED_URL. Each may do
 * on the bus what `grantway nats-config` permits it, so that a permission which is missing fails the suite.
 */
export default () =>
  setUp(async () => {
    const databaseUrl = await createDatabase(process.env.GRANTWAY_TEST_DATABASE_URL, 'conformance_distributed');
    const { natsUrl, identities } = await busOfItsOwn();
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
    const bank = await startBank('distributed');
    const fleet = await startFleet({
      ...{ databaseUrl, natsUrl, publicPort, identities },
      replicas: { token: 2, authorize: 1, device: 2, ciba: 2, gateway: 1 },
      hosts: { hosted: `token-exchange,password,${bank.grant}` },
      env: {
        ...bank.env,
        GRANTWAY_MASTER_KEY: masterKey,
        GRANTS: 'authorization-code,refresh-token,client-credentials,service-token',
      },
      onLine: complainOfPermissions,
      ownGroup: false,
    });
    stopLater(() => fleet.stop());
    Object.assign(process.env, {
      GRANTWAY_DISTRIBUTED_URL: fleet.publicUrl,
      GRANTWAY_DISTRIBUTED_DATABASE_URL: databaseUrl,
      GRANTWAY_DISTRIBUTED_NATS_URL: natsUrl,
      GRANTWAY_DISTRIBUTED_IDENTITIES: identities?.folder ?? '',
      GRANTWAY_DISTRIBUTED_MASTER_KEY: masterKey,
      GRANTWAY_DISTRIBUTED_PROCESSES: JSON.stringify(
        fleet.processes.map(({ name, pid, healthUrl, url }) => ({ name, pid, healthUrl, url })),
      ),
    });
  });

/** A service that is refused something on the bus may still pass its specs, for it tries again; the run fails all the same. */
function complainOfPermissions(name, line) {
  if (!line.includes('"msg":"bus: permission violation"')) return;
  console.error(`${name} wants what apps/admin/src/commands/nats-config.users.ts does not permit: ${line}`);
  process.exitCode = 1;
}

/** Integration specs answer on the same subjects: on one bus they would take the fleet's requests. */
async function busOfItsOwn() {
  const given = process.env.GRANTWAY_TEST_NATS_URL;
  if (given && !findNatsServer() && !dockerEngineAnswers()) {
    console.warn(`distributed: no identities on the bus, for ${given} is not ours to configure`);
    return { natsUrl: given };
  }
  const folder = await mkdtemp(join(process.env.GRANTWAY_TEST_DIR ?? tmpdir(), 'bus-'));
  stopLater(() => rm(folder, { recursive: true, force: true }));
  const identities = await makeBusIdentities(folder, {
    grants: GRANTS,
    hosts: { hosted: ['token-exchange', 'password', 'transaction-approval'] },
  });
  const nats = await startNats({ ownGroup: false, users: identities.users });
  stopLater(() => nats.stop());
  return { natsUrl: nats.url, identities };
}
