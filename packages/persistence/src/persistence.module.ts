import {
  AttemptLimits,
  AuditEvents,
  AuthorizationAnswers,
  AuthorizationCodes,
  Authorizations,
  BackchannelRequests,
  Clients,
  CodeMessages,
  Consents,
  DeviceAuthorizations,
  EnvironmentConfigs,
  Environments,
  Flows,
  KeySchedule,
  OneTimeCodes,
  OpaqueAccessTokens,
  PushedRequests,
  Resources,
  RevokedTokens,
  ServiceAccounts,
  Sessions,
  SigningKeys,
  UsedJwts,
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
import { PostgresAuthorizationAnswers } from './artifacts/authorization-answers.store.js';
import { PostgresAuthorizationCodes } from './artifacts/authorization-codes.store.js';
import { PostgresAuthorizations } from './artifacts/authorizations.store.js';
import { PostgresBackchannelRequests } from './artifacts/backchannel-requests.store.js';
import { PostgresCodeMessages } from './artifacts/code-messages.store.js';
import { PostgresConsents } from './artifacts/consents.store.js';
import { PostgresDeviceAuthorizations } from './artifacts/device-authorizations.store.js';
import { PostgresFlows } from './artifacts/flows.store.js';
import { PostgresOneTimeCodes } from './artifacts/one-time-codes.store.js';
import { PostgresOpaqueAccessTokens } from './artifacts/opaque-access-tokens.store.js';
import { PostgresPushedRequests } from './artifacts/pushed-requests.store.js';
import { PostgresRevokedTokens } from './artifacts/revoked-tokens.store.js';
import { PostgresSessions } from './artifacts/sessions.store.js';
import { PostgresUsedJwts } from './artifacts/used-jwts.store.js';
import { PostgresAuditEvents } from './audit/audit-events.store.js';
import { CachedClients } from './configuration/clients.store.js';
import { ConfigCache } from './configuration/config-cache.js';
import { ConfigListener } from './configuration/config-listener.js';
import { PostgresEnvironmentConfigs } from './configuration/environment-configs.store.js';
import { CachedEnvironments } from './configuration/environments.store.js';
import { PostgresKeySchedule } from './configuration/key-schedule.store.js';
import { CachedResources } from './configuration/resources.store.js';
import { CachedServiceAccounts } from './configuration/service-accounts.store.js';
import { CachedSigningKeys } from './configuration/signing-keys.store.js';
import { Database } from './database/database.js';
import { DatabaseHealth } from './database/database-health.js';
import { type Measures, NOTHING_MEASURED } from './database/measures.js';
import { PartitionCare } from './database/partition-care.js';
import { LocalUserDirectory } from './directory/local-user-directory.js';
import { Janitor } from './janitor/janitor.js';
import { JobRunner } from './jobs/job-runner.js';

export interface PersistenceOptions {
  readonly databaseUrl: string;
  /** Connections this process may hold beside the one that listens; 10 by default. */
  readonly poolSize?: number;
  /** Days that audit events are kept; absent: this process drops none. */
  readonly auditDays?: number;
  /** The token under which the process provides what it is measured with; nothing is measured without one. */
  readonly metrics?: abstract new (
    ...args: never[]
  ) => Measures;
}

const MEASURES = Symbol('measures');

/** Starts what runs by itself, and ends it. Nothing here waits for PostgreSQL: a service boots without it and says so (I15). */
@Injectable()
class PersistenceLifecycle implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly database: Database,
    private readonly listener: ConfigListener,
    private readonly partitions: PartitionCare,
    private readonly janitor: Janitor,
  ) {}

  onModuleInit(): void {
    this.listener.start();
    this.partitions.start();
    this.janitor.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.partitions.stop();
    await this.janitor.stop();
    await this.listener.stop();
    await this.database.close();
  }
}

const STORES = [
  { provide: AttemptLimits, useClass: PostgresAttemptLimits },
  { provide: AuditEvents, useClass: PostgresAuditEvents },
  { provide: AuthorizationAnswers, useClass: PostgresAuthorizationAnswers },
  { provide: AuthorizationCodes, useClass: PostgresAuthorizationCodes },
  { provide: Authorizations, useClass: PostgresAuthorizations },
  { provide: BackchannelRequests, useClass: PostgresBackchannelRequests },
  { provide: Clients, useClass: CachedClients },
  { provide: CodeMessages, useClass: PostgresCodeMessages },
  { provide: Consents, useClass: PostgresConsents },
  { provide: EnvironmentConfigs, useClass: PostgresEnvironmentConfigs },
  { provide: Environments, useClass: CachedEnvironments },
  { provide: DeviceAuthorizations, useClass: PostgresDeviceAuthorizations },
  { provide: Flows, useClass: PostgresFlows },
  { provide: KeySchedule, useClass: PostgresKeySchedule },
  { provide: OneTimeCodes, useClass: PostgresOneTimeCodes },
  { provide: OpaqueAccessTokens, useClass: PostgresOpaqueAccessTokens },
  { provide: PushedRequests, useClass: PostgresPushedRequests },
  { provide: Resources, useClass: CachedResources },
  { provide: RevokedTokens, useClass: PostgresRevokedTokens },
  { provide: ServiceAccounts, useClass: CachedServiceAccounts },
  { provide: Sessions, useClass: PostgresSessions },
  { provide: SigningKeys, useClass: CachedSigningKeys },
  { provide: UsedJwts, useClass: PostgresUsedJwts },
  { provide: UserDirectory, useClass: LocalUserDirectory },
] satisfies Provider[];

/** Every store, on one pool. */
@Module({})
export class PersistenceModule {
  static forRoot({ databaseUrl, poolSize, auditDays, metrics }: PersistenceOptions): DynamicModule {
    return {
      module: PersistenceModule,
      global: true,
      providers: [
        { provide: MEASURES, ...(metrics ? { useExisting: metrics } : { useValue: NOTHING_MEASURED }) },
        {
          provide: Database,
          useFactory: (measures: Measures) =>
            new Database({ url: databaseUrl, measures, ...(poolSize !== undefined && { poolSize }) }),
          inject: [MEASURES],
        },
        { provide: ConfigCache, useFactory: () => new ConfigCache() },
        {
          provide: ConfigListener,
          useFactory: (cache: ConfigCache) => new ConfigListener(databaseUrl, cache),
          inject: [ConfigCache],
        },
        DatabaseHealth,
        Janitor,
        JobRunner,
        {
          provide: PartitionCare,
          useFactory: (database: Database) => new PartitionCare(database, auditDays),
          inject: [Database],
        },
        PersistenceLifecycle,
        ...STORES,
      ],
      exports: [Database, DatabaseHealth, JobRunner, ...STORES.map(({ provide }) => provide)],
    };
  }
}
