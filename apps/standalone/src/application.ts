import { EnvironmentApplier } from '@grantway/admin';
import { AuthorizeModule } from '@grantway/authorize';
import { CibaModule } from '@grantway/ciba';
import { DeviceModule } from '@grantway/device';
import { EnvironmentConfigs, MasterKey, SigningKeys } from '@grantway/domain';
import { createAdapter, GatewayModule, openDoor } from '@grantway/gateway';
import { loadGrants } from '@grantway/grants';
import { DatabaseHealth, isInfrastructureError, PersistenceModule } from '@grantway/persistence';
import {
  AuditModule,
  BusModule,
  BusServer,
  createLogger,
  InProcessBus,
  Metrics,
  NestLogger,
  ObservedBus,
  Readiness,
  RethrowFilter,
  serveHealth,
  startTracing,
} from '@grantway/platform';
import { TokenModule } from '@grantway/token';
import { KeyLifecycle, KeyRing, TokenSigningModule } from '@grantway/token-signing';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mountPlayground } from './playground.js';
import { Installation, serviceConfigs } from './service-configs.js';

@Module({})
class StandaloneModule {}

export interface Application {
  readonly environments: EnvironmentApplier;
  /** Opens the door to the public. */
  listen(): Promise<void>;
  stop(): Promise<void>;
}

/** Every service in this process, with calls in place of messages (design section 1). */
export async function startApplication(installation: Installation): Promise<Application> {
  const { publicUrl, databaseUrl, masterKey, config } = installation;
  const configs = serviceConfigs(installation);
  const logger = createLogger('standalone', config.logLevel);
  const tracing = await startTracing('standalone', logger);
  const metrics = new Metrics({ process: config.healthPort > 0 });
  const bus = new ObservedBus(new InProcessBus(), metrics);
  let health: DatabaseHealth | undefined;
  const readiness = new Readiness([{ name: 'database', check: async () => health?.check() }]);
  const app = await NestFactory.create<NestFastifyApplication>(
    {
      module: StandaloneModule,
      imports: [
        BusModule.forRoot({ bus, logger, isInfrastructureError, metrics }),
        PersistenceModule.forRoot({ databaseUrl, auditDays: config.auditDays, metrics: Metrics }),
        AuditModule.forRoot({ name: 'standalone', config, isInfrastructureError }),
        TokenSigningModule.forRoot(MasterKey.parse(masterKey)),
        AuthorizeModule.forRoot(configs.authorize),
        TokenModule.forRoot(configs.token, await loadGrants(configs.token.grants)),
        DeviceModule.forRoot(configs.device),
        CibaModule.forRoot(configs.ciba),
        GatewayModule.forRoot(configs.gateway, bus, readiness, metrics),
      ],
    } as never,
    createAdapter(configs.gateway) as never,
    { logger: new NestLogger(logger), bodyParser: false, abortOnError: false },
  );
  health = app.get(DatabaseHealth, { strict: false });
  const strategy = new BusServer({ listener: bus, logger, isInfrastructureError });
  app.useGlobalFilters(new RethrowFilter());
  app.connectMicroservice({ strategy }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  const probes = config.healthPort > 0 ? await serveHealth(config.healthPort, readiness, metrics) : undefined;
  let close = () => app.close();
  const get = <T>(token: abstract new (...args: never[]) => T): T => app.get(token as never, { strict: false });
  return {
    environments: new EnvironmentApplier(get(EnvironmentConfigs), get(KeyLifecycle), get(SigningKeys), get(KeyRing)),
    listen: async () => {
      mountPlayground(app.getHttpAdapter().getInstance() as never, publicUrl);
      close = await openDoor(app, configs.gateway);
    },
    stop: async () => {
      readiness.stopping();
      await close();
      await tracing.stop();
      probes?.close();
    },
  };
}
