import { setTimeout as sleep } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BusModule } from './bus/bus.module.js';
import { BusIdentity } from './bus/bus-identity.js';
import { BusServer } from './bus/bus-server.js';
import { NatsBus } from './bus/nats.js';
import { ObservedBus } from './bus/observed-bus.js';
import { RethrowFilter } from './bus/rethrow.filter.js';
import { ConfigError } from './config/from-env.js';
import { ProcessConfig } from './config/service.config.js';
import { Readiness, ReadinessCheck, serveHealth } from './health/health.js';
import { createLogger, NestLogger } from './logging/logger.js';
import { Metrics } from './metrics/metrics.js';
import { startTracing } from './tracing/tracing.js';

export interface ServiceOptions {
  /** Its name in logs, on the bus, and as queue group. */
  readonly name: string;
  readonly config: ProcessConfig;
  readonly module: object;
  readonly isInfrastructureError: (error: unknown) => boolean;
  /** Made from the running application, so that checks may use its stores. */
  readonly checks: (get: <T>(token: abstract new (...args: never[]) => T) => T) => readonly ReadinessCheck[];
}

@Module({})
class ServiceModule {}

/**
 * Runs one service as a process of its own: its handlers on NATS, its probes and metrics on `HEALTH_PORT`.
 * It starts though the database or the bus is away, says so on `/readyz`, and recovers by itself.
 */
export async function startService(options: ServiceOptions): Promise<{ stop(): Promise<void> }> {
  const { name, config } = options;
  if (!config.natsUrl) throw new ConfigError('Configuration: NATS_URL is not set');
  const logger = createLogger(name, config.logLevel);
  const tracing = await startTracing(name, logger);
  const nats = NatsBus.open(config.natsUrl, name, logger, BusIdentity.read(config), config.natsCaFile);
  const { isInfrastructureError } = options;
  const metrics = new Metrics({ process: true });
  const bus = new ObservedBus(nats, metrics);
  const strategy = new BusServer({ listener: bus, logger, isInfrastructureError });
  const root = {
    module: ServiceModule,
    imports: [BusModule.forRoot({ bus, logger, isInfrastructureError, metrics }), options.module],
  };
  const app = await NestFactory.createMicroservice(root as never, {
    ...{ strategy, logger: new NestLogger(logger) },
    // What cannot be made is told in one line by whoever starts us, not by Nest's log.
    abortOnError: false,
  });
  app.useGlobalFilters(new RethrowFilter());
  const busCheck: ReadinessCheck = {
    name: 'bus',
    check: async () => {
      if (!nats.connected) throw new Error('cut off');
      if (nats.refused.length > 0) throw new Error('not permitted to listen');
    },
  };
  const readiness = new Readiness([busCheck, ...options.checks((token) => app.get(token as never, { strict: false }))]);
  await app.listen();
  const health = config.healthPort > 0 ? await serveHealth(config.healthPort, readiness, metrics) : undefined;
  logger.info('started');
  return {
    stop: async () => {
      readiness.stopping();
      await sleep(config.drainSeconds * 1000);
      await app.close();
      await nats.close();
      await tracing.stop();
      health?.close();
      logger.info('stopped');
    },
  };
}
