import { Metrics, ServiceBus } from '@grantway/platform';
import type { Provider } from '@nestjs/common';
import { grantOptions } from '../grant.decorator.js';
import { GrantHandler } from '../grant-handler.js';
import { GrantHost } from './grant-host.js';
import { manifestOf, UnservableGrant } from './manifest.js';

/**
 * The providers that serve a grant from the module they are listed in: the class itself, and what announces it.
 *
 * @throws UnservableGrant when it cannot be served from outside the token service
 */
export function remoteGrant(type: new (...args: never[]) => GrantHandler<object>): Provider[] {
  const options = grantOptions(type);
  if (!options) throw new UnservableGrant(`${type.name} has no @Grant`);
  manifestOf(options);
  return [
    type as Provider,
    {
      provide: Symbol(`grant host of ${type.name}`),
      useFactory: (handler: GrantHandler<object>, bus: ServiceBus, metrics: Metrics) =>
        new GrantHost(type, handler, bus, metrics),
      inject: [type, ServiceBus, Metrics],
    },
  ];
}
