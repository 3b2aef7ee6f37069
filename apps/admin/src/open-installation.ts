import { EnvironmentConfigs, SigningKeys } from '@grantway/domain';
import { PersistenceModule } from '@grantway/persistence';
import { KeyLifecycle, KeyRing, TokenSigningModule } from '@grantway/token-signing';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EnvironmentApplier } from './environment-applier.js';
import { Installation, NoInstallation } from './installation.js';

@Module({})
class AdminCommand {}

export interface OpenInstallation {
  readonly applier: EnvironmentApplier;
  /** @throws NoInstallation when the environment's keys were sealed with another master key */
  requireItsKey(environmentId: string): Promise<void>;
  close(): Promise<void>;
}

/** The stores and keys of an installation, for one command. */
export async function openInstallation({ databaseUrl, masterKey }: Installation): Promise<OpenInstallation> {
  const module = {
    module: AdminCommand,
    imports: [PersistenceModule.forRoot({ databaseUrl, poolSize: 2 }), TokenSigningModule.forRoot(masterKey)],
  };
  const app = await NestFactory.createApplicationContext(module as never, { logger: false, abortOnError: false });
  const keys = app.get(SigningKeys, { strict: false });
  const ring = app.get(KeyRing, { strict: false });
  return {
    applier: new EnvironmentApplier(
      app.get(EnvironmentConfigs, { strict: false }),
      app.get(KeyLifecycle, { strict: false }),
    ),
    requireItsKey: async (environmentId) => {
      const active = (await keys.list(environmentId)).filter(({ state }) => state === 'active');
      for (const { algorithm } of active) {
        await ring.signer(environmentId, algorithm).catch(() => {
          throw new NoInstallation(
            `The keys of ${environmentId} were sealed with another GRANTWAY_MASTER_KEY; nothing was changed`,
          );
        });
      }
    },
    close: () => app.close(),
  };
}
