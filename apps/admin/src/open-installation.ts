import { EnvironmentConfigs, MasterKey } from '@grantway/domain';
import { PersistenceModule } from '@grantway/persistence';
import { KeyLifecycle, TokenSigningModule } from '@grantway/token-signing';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EnvironmentApplier } from './environment-applier.js';

@Module({})
class AdminCommand {}

/** The stores and keys of an installation, for one command. */
export async function openInstallation(
  databaseUrl: string,
  masterKey: MasterKey,
): Promise<{ applier: EnvironmentApplier; close(): Promise<void> }> {
  const module = {
    module: AdminCommand,
    imports: [PersistenceModule.forRoot({ databaseUrl, poolSize: 2 }), TokenSigningModule.forRoot(masterKey)],
  };
  const app = await NestFactory.createApplicationContext(module as never, { logger: false, abortOnError: false });
  const applier = new EnvironmentApplier(
    app.get(EnvironmentConfigs, { strict: false }),
    app.get(KeyLifecycle, { strict: false }),
  );
  return { applier, close: () => app.close() };
}
