import { setTimeout as sleep } from 'node:timers/promises';
import {
  BusIdentity,
  ConfigError,
  createLogger,
  loadConfig,
  Metrics,
  NatsBus,
  NestLogger,
  Readiness,
  run,
  serveHealth,
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
  const bus = NatsBus.open(config.natsUrl, 'gateway', logger, BusIdentity.read(config));
  const readiness = new Readiness([
    {
      name: 'bus',
      check: async () => {
        if (!bus.connected) throw new Error('cut off');
      },
    },
  ]);
  const app = await NestFactory.create<NestFastifyApplication>(
    GatewayModule.forRoot(config, bus, readiness) as never,
    createAdapter(config) as never,
    { logger: new NestLogger(logger), bodyParser: false },
  );
  const closeDoor = await openDoor(app, config);
  const health =
    config.healthPort > 0 ? await serveHealth(config.healthPort, readiness, new Metrics({ process: true })) : undefined;
  logger.info({ port: config.port }, 'started');
  return {
    stop: async () => {
      readiness.stopping();
      await sleep(config.drainSeconds * 1000);
      await closeDoor();
      await bus.close();
      health?.close();
      logger.info('stopped');
    },
  };
});
