import { ClientAuthModule } from '@grantway/client-auth';
import { MasterKey, RefreshTokenCodec } from '@grantway/domain';
import { createLogger, EventLog, OutboundModule } from '@grantway/platform';
import { DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Metadata } from './discovery-endpoint/metadata.js';
import { INTROSPECTION_PROVIDERS } from './introspection-endpoint/providers.js';
import { PUSH_PROVIDERS } from './push-endpoint/providers.js';
import { RevocationEndpoint } from './revocation-endpoint/revocation-endpoint.js';
import { TokenConfig } from './token.config.js';
import { TokenController } from './token.controller.js';
import { TOKEN_ENDPOINT_PROVIDERS } from './token-endpoint/providers.js';
import { UserInfoEndpoint } from './userinfo-endpoint/userinfo-endpoint.js';

/** All that issues, explains and ends tokens, and the grants that live here. Needs the stores and keys of global modules. */
@Module({})
export class TokenModule {
  static forRoot(config: TokenConfig): DynamicModule {
    const masterKey = MasterKey.parse(config.masterKey);
    return {
      module: TokenModule,
      imports: [DiscoveryModule, OutboundModule, ClientAuthModule.forRoot(masterKey)],
      controllers: [TokenController],
      providers: [
        { provide: TokenConfig, useValue: config },
        { provide: EventLog, useValue: new EventLog(createLogger('token', config.logLevel)) },
        { provide: RefreshTokenCodec, useValue: new RefreshTokenCodec(masterKey.derive('refresh-token')) },
        ...TOKEN_ENDPOINT_PROVIDERS,
        ...PUSH_PROVIDERS,
        Metadata,
        ...INTROSPECTION_PROVIDERS,
        RevocationEndpoint,
        UserInfoEndpoint,
      ],
    };
  }
}
