import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, freePort, ManagedProcess, repositoryRoot } from '@grantway/local-services';
import { startBank } from './bank.mjs';
import { setUp, stopLater } from './running.mjs';

/** One process with everything in it, on a database of its own: GRANTWAY_STANDALONE_URL. */
export default () =>
  setUp(async () => {
    const databaseUrl = await createDatabase(process.env.GRANTWAY_TEST_DATABASE_URL, 'conformance_standalone');
    const data = await mkdtemp(join(process.env.GRANTWAY_TEST_DIR ?? tmpdir(), 'standalone-'));
    stopLater(() => rm(data, { recursive: true, force: true }));
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const masterKey = randomBytes(32).toString('base64url');
    const bank = await startBank('standalone');
    const server = new ManagedProcess({
      name: 'standalone',
      script: join(repositoryRoot, 'apps/standalone/dist/main.js'),
      readyUrl: `${url}/readyz`,
      ownGroup: false,
      env: {
        ...bank.env,
        GRANTS: `authorization-code,refresh-token,client-credentials,password,token-exchange,service-token,${bank.grant}`,
        DATABASE_URL: databaseUrl,
        NATS_URL: undefined,
        PORT: String(port),
        PUBLIC_URL: url,
        GRANTWAY_DATA: data,
        GRANTWAY_ENVIRONMENTS: join(repositoryRoot, 'packages/conformance/environments'),
        GRANTWAY_MASTER_KEY: masterKey,
      },
    });
    stopLater(() => server.stop());
    await server.start();
    Object.assign(process.env, {
      GRANTWAY_STANDALONE_URL: url,
      GRANTWAY_STANDALONE_DATABASE_URL: databaseUrl,
      GRANTWAY_STANDALONE_MASTER_KEY: masterKey,
    });
  });
