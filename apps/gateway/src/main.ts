import {
  BusIdentity,
  ConfigError,
  createLogger,
  loadConfig,
  Metrics,
  NatsBus,
  NestLogger,
  ObservedBus,
  Readiness,
  run,
  serveHealth,
  startTracing,
} from '@grantway/platform';
import { NestFactory } from '@nestjs/core';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { GatewayConfig } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { createAdapter, openDoor } from './http-server.js';

await run(async () => {
  const config = loadConfig(GatewayConfig);
  if (!config.natsUrl) throw new ConfigError('Configuration: NATS_URL is not set');
  const logger = createLogger('gateway', config.logLevel);
  const tracing = await startTracing('gateway', logger);
  const nats = NatsBus.open(config.natsUrl, 'gateway', logger, BusIdentity.read(config), config.natsCaFile);
  const metrics = new Metrics({ process: true });
  const bus = new ObservedBus(nats, metrics);
  const readiness = new Readiness([
    {
      name: 'bus',
      check: async () => {
        if (!nats.connected) throw new Error('cut off');
      },
    },
  ]);
  const app = await NestFactory.create<NestFastifyApplication>(
    GatewayModule.forRoot(config, bus, readiness, metrics) as never,
    createAdapter(config) as never,
    { logger: new NestLogger(logger), bodyParser: false },
  );
  const closeDoor = await openDoor(app, config);
  const health = config.healthPort > 0 ? await serveHealth(config.healthPort, readiness, metrics) : undefined;
  logger.info({ port: config.port }, 'started');
  return {
    stop: async () => {
      readiness.stopping();
      await closeDoor(config.drainSeconds * 1000);
      await nats.close();
      await tracing.stop();
      health?.close();
      logger.info('stopped');
    },
  };
});
