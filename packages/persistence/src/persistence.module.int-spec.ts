import 'reflect-metadata';
import {
  AttemptLimits,
  AuthorizationCodes,
  Authorizations,
  Clients,
  Consents,
  EnvironmentConfigs,
  Environments,
  Flows,
  Resources,
  Sessions,
  SigningKeys,
  UserDirectory,
} from '@grantway/domain';
import { startTcpRelay } from '@grantway/local-services';
import { anEnvironment, eventually } from '@grantway/testing';
import { NestFactory } from '@nestjs/core';
import { type ScratchDatabase, scratchDatabase } from '../test/scratch-database.js';
import { DatabaseHealth, isInfrastructureError, PersistenceModule } from './index.js';

describe('PersistenceModule', () => {
  let scratch: ScratchDatabase;
  beforeEach(async () => {
    scratch = await scratchDatabase();
  });
  afterEach(async () => {
    await scratch.drop();
  });

  const boot = (databaseUrl: string) =>
    NestFactory.createApplicationContext(PersistenceModule.forRoot({ databaseUrl, poolSize: 2 }), {
      logger: ['error'],
    });

  it('house: gives every port an inhabitant', async () => {
    const app = await boot(scratch.url);
    for (const port of [
      ...[
        AttemptLimits,
        AuthorizationCodes,
        Authorizations,
        Clients,
        Consents,
        EnvironmentConfigs,
        Environments,
        Flows,
      ],
      ...[Resources, Sessions, SigningKeys, UserDirectory],
    ]) {
      expect(app.get(port as never)).toBeInstanceOf(port);
    }
    await app.get(DatabaseHealth).check();
    await app.close();
  });

  it('I15 boots without a database, says so, and works when it comes', async () => {
    const { hostname, port } = new URL(scratch.url);
    const relay = await startTcpRelay({ host: hostname, port: Number(port || 5432) });
    relay.cut();
    const url = new URL(scratch.url);
    url.host = `127.0.0.1:${relay.port}`;
    const app = await boot(url.href);
    const failure = await app
      .get(Environments)
      .find('acme')
      .catch((error: unknown) => error);
    expect(isInfrastructureError(failure)).toBe(true);
    await expect(app.get(DatabaseHealth).check()).rejects.toThrow();

    relay.mend();
    await eventually(
      async () =>
        app
          .get(DatabaseHealth)
          .check()
          .then(
            () => true,
            () => false,
          ),
      5000,
    );
    await app
      .get(EnvironmentConfigs)
      .apply({ environment: anEnvironment(), resources: [], clients: [], users: [], serviceAccounts: [] });
    expect(await app.get(Environments).find('acme')).toEqual(anEnvironment());
    await app.close();
    await relay.close();
  });

  it('I9 closed, it holds no connection', async () => {
    const app = await boot(scratch.url);
    await app.get(DatabaseHealth).check();
    await app.close();
    const held = `SELECT count(*)::int AS held FROM pg_stat_activity WHERE datname = $1 AND application_name LIKE 'grantway%'`;
    await eventually(async () => (await scratch.query<{ held: number }>(held, [scratch.name]))[0]?.held === 0);
  });
});
