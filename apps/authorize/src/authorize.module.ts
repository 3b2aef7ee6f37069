import { ClientAuthModule } from '@grantway/client-auth';
import { MasterKey, Sessions, Standings, UserDirectory } from '@grantway/domain';
import { AuditRecorder, createLogger, EventLog, OutboundModule } from '@grantway/platform';
import { DynamicModule, Module } from '@nestjs/common';
import { AUTHORIZATION_ENDPOINT_PROVIDERS } from './authorization-endpoint/providers.js';
import { AuthorizeConfig } from './authorize.config.js';
import { AuthorizeController } from './authorize.controller.js';
import { flowProviders } from './flow/providers.js';
import { SignOnPolicy } from './sign-on-policy.js';
import { SignOff } from './signoff-endpoint/sign-off.js';
import { SignOffRequests } from './signoff-endpoint/sign-off-request.js';

/** Authorization endpoint, flows and sessions. Needs the stores and the verifier of global modules. */
@Module({})
export class AuthorizeModule {
  static forRoot(config: AuthorizeConfig): DynamicModule {
    return {
      module: AuthorizeModule,
      imports: [OutboundModule, ClientAuthModule.forRoot(MasterKey.parse(config.masterKey))],
      controllers: [AuthorizeController],
      providers: [
        { provide: AuthorizeConfig, useValue: config },
        {
          provide: EventLog,
          useFactory: (audit: AuditRecorder) => new EventLog(createLogger('authorize', config.logLevel), audit),
          inject: [AuditRecorder],
        },
        {
          provide: Standings,
          useFactory: (sessions: Sessions, users: UserDirectory) => new Standings(sessions, users),
          inject: [Sessions, UserDirectory],
        },
        SignOnPolicy,
        SignOffRequests,
        SignOff,
        ...flowProviders(config),
        ...AUTHORIZATION_ENDPOINT_PROVIDERS,
      ],
    };
  }
}
