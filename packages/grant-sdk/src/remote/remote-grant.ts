import { ServiceBus } from '@grantway/platform';
import type { Provider } from '@nestjs/common';
import { GrantHandler } from '../grant-handler.js';
import { GrantHost } from './grant-host.js';

/** The providers that serve a grant from the module they are listed in: the class itself, and what announces it. */
export function remoteGrant(type: new (...args: never[]) => GrantHandler<object>): Provider[] {
  return [
    type as Provider,
    {
      provide: Symbol(`grant host of ${type.name}`),
      useFactory: (handler: GrantHandler<object>, bus: ServiceBus) => new GrantHost(type, handler, bus),
      inject: [type, ServiceBus],
    },
  ];
}
