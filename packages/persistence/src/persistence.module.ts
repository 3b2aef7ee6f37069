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
import {
  type DynamicModule,
  Injectable,
  Module,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { PostgresAttemptLimits } from './artifacts/attempt-limits.store.js';
import { PostgresAuthorizationCodes } from './artifacts/authorization-codes.store.js';
import { PostgresAuthorizations } from './artifacts/authorizations.store.js';
import { PostgresConsents } from './artifacts/consents.store.js';
import { PostgresFlows } from './artifacts/flows.store.js';
import { PostgresSessions } from './artifacts/sessions.store.js';
import { CachedClients } from './configuration/clients.store.js';
import { ConfigCache } from './configuration/config-cache.js';
import { ConfigListener } from './configuration/config-listener.js';
import { PostgresEnvironmentConfigs } from './configuration/environment-configs.store.js';
import { CachedEnvironments } from './configuration/environments.store.js';
import { CachedResources } from './configuration/resources.store.js';
import { CachedSigningKeys } from './configuration/signing-keys.store.js';
import { Database } from './database/database.js';
import { DatabaseHealth } from './database/database-health.js';
import { PartitionCare } from './database/partition-care.js';
import { LocalUserDirectory } from './directory/local-user-directory.js';

export interface PersistenceOptions {
  readonly databaseUrl: string;
  /** Connections this process may hold beside the one that listens; 10 by default. */
  readonly poolSize?: number;
}

/** Starts what runs by itself, and ends it. Nothing here waits for PostgreSQL: a service boots without it and says so (I15). */
@Injectable()
class PersistenceLifecycle implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly database: Database,
    private readonly listener: ConfigListener,
    private readonly partitions: PartitionCare,
  ) {}

  onModuleInit(): void {
    this.listener.start();
    this.partitions.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.partitions.stop();
    await this.listener.stop();
    await this.database.close();
  }
}

const STORES = [
  { provide: AttemptLimits, useClass: PostgresAttemptLimits },
  { provide: AuthorizationCodes, useClass: PostgresAuthorizationCodes },
  { provide: Authorizations, useClass: PostgresAuthorizations },
  { provide: Clients, useClass: CachedClients },
  { provide: Consents, useClass: PostgresConsents },
  { provide: EnvironmentConfigs, useClass: PostgresEnvironmentConfigs },
  { provide: Environments, useClass: CachedEnvironments },
  { provide: Flows, useClass: PostgresFlows },
  { provide: Resources, useClass: CachedResources },
  { provide: Sessions, useClass: PostgresSessions },
  { provide: SigningKeys, useClass: CachedSigningKeys },
  { provide: UserDirectory, useClass: LocalUserDirectory },
] satisfies Provider[];

/** Every store, on one pool. */
@Module({})
export class PersistenceModule {
  static forRoot({ databaseUrl, poolSize }: PersistenceOptions): DynamicModule {
    return {
      module: PersistenceModule,
      global: true,
      providers: [
        {
          provide: Database,
          useFactory: () => new Database({ url: databaseUrl, ...(poolSize !== undefined && { poolSize }) }),
        },
        { provide: ConfigCache, useFactory: () => new ConfigCache() },
        {
          provide: ConfigListener,
          useFactory: (cache: ConfigCache) => new ConfigListener(databaseUrl, cache),
          inject: [ConfigCache],
        },
        DatabaseHealth,
        PartitionCare,
        PersistenceLifecycle,
        ...STORES,
      ],
      exports: [Database, DatabaseHealth, ...STORES.map(({ provide }) => provide)],
    };
  }
}
