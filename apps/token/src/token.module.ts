import { ClientAuthModule } from '@grantway/client-auth';
import { MasterKey, RefreshTokenCodec } from '@grantway/domain';
import { LoadedGrants } from '@grantway/grants';
import { createLogger, EventLog, OutboundModule } from '@grantway/platform';
import { OurTokensModule } from '@grantway/token-signing';
import { DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Metadata } from './discovery-endpoint/metadata.js';
import { INTROSPECTION_PROVIDERS } from './introspection-endpoint/providers.js';
import { PUSH_PROVIDERS } from './push-endpoint/providers.js';
import { RevocationEndpoint } from './revocation-endpoint/revocation-endpoint.js';
import { TokenConfig } from './token.config.js';
import { TokenController } from './token.controller.js';
import { tokenEndpointProviders } from './token-endpoint/providers.js';
import { UserInfoEndpoint } from './userinfo-endpoint/userinfo-endpoint.js';

/** All that issues, explains and ends tokens, and the grants that live here. Needs the stores and keys of global modules. */
@Module({})
export class TokenModule {
  /** @param grants that live in the token service */
  static forRoot(config: TokenConfig, grants: LoadedGrants): DynamicModule {
    const masterKey = MasterKey.parse(config.masterKey);
    return {
      module: TokenModule,
      imports: [
        ...[DiscoveryModule, OutboundModule, ClientAuthModule.forRoot(masterKey)],
        OurTokensModule.forRoot(config.publicUrl),
      ],
      controllers: [TokenController],
      providers: [
        { provide: TokenConfig, useValue: config },
        { provide: EventLog, useValue: new EventLog(createLogger('token', config.logLevel)) },
        { provide: RefreshTokenCodec, useValue: new RefreshTokenCodec(masterKey.derive('refresh-token')) },
        ...tokenEndpointProviders(grants),
        ...PUSH_PROVIDERS,
        Metadata,
        ...INTROSPECTION_PROVIDERS,
        RevocationEndpoint,
        UserInfoEndpoint,
      ],
    };
  }
}
