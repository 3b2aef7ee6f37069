import { Outbound } from '@grantway/domain';
import { Global, Module } from '@nestjs/common';
import { GuardedOutbound } from './guarded-outbound.js';

/** The one way out, for every service that calls an address somebody named. */
@Global()
@Module({
  providers: [{ provide: Outbound, useFactory: () => new GuardedOutbound() }],
  exports: [Outbound],
})
export class OutboundModule {}
