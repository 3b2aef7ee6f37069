import { EnvironmentConfigs, SigningKeys } from '@grantway/domain';
import { PersistenceModule } from '@grantway/persistence';
import { KeyLifecycle, KeyRing, TokenSigningModule } from '@grantway/token-signing';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EnvironmentApplier } from './environment-applier.js';
import { Installation } from './installation.js';

@Module({})
class AdminCommand {}

export interface OpenInstallation {
  readonly applier: EnvironmentApplier;
  /** A store or a craft, by its class. */
  get<T>(token: abstract new (...args: never[]) => T): T;
  close(): Promise<void>;
}

/** The stores and keys of an installation, for one command. */
export async function openInstallation({ databaseUrl, masterKey }: Installation): Promise<OpenInstallation> {
  const module = {
    module: AdminCommand,
    imports: [PersistenceModule.forRoot({ databaseUrl, poolSize: 2 }), TokenSigningModule.forRoot(masterKey)],
  };
  const app = await NestFactory.createApplicationContext(module as never, { logger: false, abortOnError: false });
  const get = <T>(token: abstract new (...args: never[]) => T): T => app.get(token as never, { strict: false });
  return {
    applier: new EnvironmentApplier(get(EnvironmentConfigs), get(KeyLifecycle), get(SigningKeys), get(KeyRing)),
    get,
    close: () => app.close(),
  };
}
