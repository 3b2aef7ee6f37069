import { DynamicModule, Module } from '@nestjs/common';
import { Bus } from './bus.js';
import { ServiceBus, ServiceBusOptions } from './service-bus.js';

/** Lets every module of a service ask, tell and listen on the bus. */
@Module({})
export class BusModule {
  static forRoot(options: ServiceBusOptions): DynamicModule {
    return {
      module: BusModule,
      global: true,
      providers: [
        { provide: Bus, useValue: options.bus },
        { provide: ServiceBus, useValue: new ServiceBus(options) },
      ],
      exports: [Bus, ServiceBus],
    };
  }
}
