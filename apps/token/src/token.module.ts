import { ClientAuthModule } from '@grantway/client-auth';
import { MasterKey, RefreshTokenCodec } from '@grantway/domain';
import { LoadedGrants } from '@grantway/grants';
import { AuditRecorder, createLogger, EventLog, Metrics, OutboundModule } from '@grantway/platform';
import { KeyRotation, OurTokensModule } from '@grantway/token-signing';
import { DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Metadata } from './discovery-endpoint/metadata.js';
import { INTROSPECTION_PROVIDERS } from './introspection-endpoint/providers.js';
import { KeyCare } from './key-care/key-care.js';
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
        {
          provide: EventLog,
          useFactory: (audit: AuditRecorder) => new EventLog(createLogger('token', config.logLevel), audit),
          inject: [AuditRecorder],
        },
        { provide: RefreshTokenCodec, useValue: new RefreshTokenCodec(masterKey.derive('refresh-token')) },
        ...tokenEndpointProviders(grants),
        ...PUSH_PROVIDERS,
        Metadata,
        ...INTROSPECTION_PROVIDERS,
        RevocationEndpoint,
        UserInfoEndpoint,
        {
          provide: KeyCare,
          useFactory: (rotation: KeyRotation, events: EventLog, metrics: Metrics) =>
            new KeyCare(rotation, events, createLogger('token', config.logLevel), metrics),
          inject: [KeyRotation, EventLog, Metrics],
        },
      ],
    };
  }
}
