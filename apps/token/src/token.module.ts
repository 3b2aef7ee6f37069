import { ClientAuthModule } from '@grantway/client-auth';
import { MasterKey, RefreshTokenCodec } from '@grantway/domain';
import { createLogger, EventLog } from '@grantway/platform';
import { DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Metadata } from './discovery-endpoint/metadata.js';
import { TokenConfig } from './token.config.js';
import { TokenController } from './token.controller.js';
import { TOKEN_ENDPOINT_PROVIDERS } from './token-endpoint/providers.js';
import { UserInfoEndpoint } from './userinfo-endpoint/userinfo-endpoint.js';

/** Token, userinfo and discovery endpoints, and the grants that live here. Needs the stores and keys of global modules. */
@Module({})
export class TokenModule {
  static forRoot(config: TokenConfig): DynamicModule {
    const masterKey = MasterKey.parse(config.masterKey);
    return {
      module: TokenModule,
      imports: [DiscoveryModule, ClientAuthModule.forRoot(masterKey)],
      controllers: [TokenController],
      providers: [
        { provide: TokenConfig, useValue: config },
        { provide: EventLog, useValue: new EventLog(createLogger('token', config.logLevel)) },
        { provide: RefreshTokenCodec, useValue: new RefreshTokenCodec(masterKey.derive('refresh-token')) },
        ...TOKEN_ENDPOINT_PROVIDERS,
        Metadata,
        UserInfoEndpoint,
      ],
    };
  }
}
