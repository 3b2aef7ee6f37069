import { DynamicModule, Module } from '@nestjs/common';
import { Metrics } from '../metrics/metrics.js';
import { Bus } from './bus.js';
import { ServiceBus, ServiceBusOptions } from './service-bus.js';

/** Lets every module of a service ask, tell and listen on the bus, and count what it does. */
@Module({})
export class BusModule {
  static forRoot({ metrics, ...options }: ServiceBusOptions & { metrics: Metrics }): DynamicModule {
    return {
      module: BusModule,
      global: true,
      providers: [
        { provide: Bus, useValue: options.bus },
        { provide: ServiceBus, useValue: new ServiceBus(options) },
        { provide: Metrics, useValue: metrics },
      ],
      exports: [Bus, ServiceBus, Metrics],
    };
  }
}
