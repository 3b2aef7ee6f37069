import { Bus, createLogger, Metrics, Readiness } from '@grantway/platform';
import { DynamicModule, Module } from '@nestjs/common';
import { GatewayConfig } from './gateway.config.js';
import { CookieJar } from './http/cookies.js';
import { CrossOrigin } from './http/cross-origin.js';
import { Dispatcher } from './http/dispatcher.js';
import { HttpDoor } from './http/http-door.js';
import { RequestWatch } from './http/request-watch.js';

/** The door. It holds no key and no state; what it needs is a bus. */
@Module({})
export class GatewayModule {
  static forRoot(config: GatewayConfig, bus: Bus, readiness: Readiness, metrics: Metrics): DynamicModule {
    const logger = createLogger('gateway', config.logLevel);
    const door = new HttpDoor(
      config,
      new CookieJar(config.publicUrl),
      new Dispatcher(bus, logger),
      new CrossOrigin(bus),
      readiness,
      logger,
      new RequestWatch(metrics),
    );
    return { module: GatewayModule, providers: [{ provide: HttpDoor, useValue: door }], exports: [HttpDoor] };
  }
}
