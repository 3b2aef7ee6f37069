import { remoteGrant } from '@grantway/grant-sdk';
import { GRANT_PORTS, LoadedGrants } from '@grantway/grants';
import { OurTokensModule } from '@grantway/token-signing';
import { DynamicModule, Module } from '@nestjs/common';
import { GrantHostConfig } from './grant-host.config.js';

/** Grants as a service of their own, so that a busy one gets its own pods. Needs the stores and keys of global modules, and the bus. */
@Module({})
export class GrantHostModule {
  /** @throws UnservableGrant naming a grant that cannot be served from here */
  static forRoot(config: GrantHostConfig, { grants, providers }: LoadedGrants): DynamicModule {
    return {
      module: GrantHostModule,
      imports: [OurTokensModule.forRoot(config.publicUrl)],
      providers: [...GRANT_PORTS, ...providers, ...grants.flatMap((grant) => remoteGrant(grant))],
    };
  }
}
