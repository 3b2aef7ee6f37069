import { ClientAuthModule } from '@grantway/client-auth';
import { MasterKey, Sessions, Standings, UserCodes, UserDirectory } from '@grantway/domain';
import { remoteGrant } from '@grantway/grant-sdk';
import { AuditRecorder, createLogger, EventLog, OutboundModule } from '@grantway/platform';
import { DynamicModule, Module } from '@nestjs/common';
import { DeviceConfig } from './device.config.js';
import { DeviceController } from './device.controller.js';
import { DeviceAuthorizationEndpoint } from './device-authorization-endpoint/device-authorization-endpoint.js';
import { DeviceCodeGrant } from './device-code/device-code.grant.js';
import { DevicePage } from './device-page/device-page.js';

/** Device authorization endpoint, the door to the device page, and the grant. Needs the stores of global modules and the bus. */
@Module({})
export class DeviceModule {
  static forRoot(config: DeviceConfig): DynamicModule {
    const masterKey = MasterKey.parse(config.masterKey);
    return {
      module: DeviceModule,
      imports: [OutboundModule, ClientAuthModule.forRoot(masterKey)],
      controllers: [DeviceController],
      providers: [
        { provide: DeviceConfig, useValue: config },
        {
          provide: EventLog,
          useFactory: (audit: AuditRecorder) => new EventLog(createLogger('device', config.logLevel), audit),
          inject: [AuditRecorder],
        },
        { provide: UserCodes, useValue: new UserCodes(masterKey.derive('user-code')) },
        {
          provide: Standings,
          useFactory: (sessions: Sessions, users: UserDirectory) => new Standings(sessions, users),
          inject: [Sessions, UserDirectory],
        },
        DeviceAuthorizationEndpoint,
        DevicePage,
        ...remoteGrant(DeviceCodeGrant),
      ],
    };
  }
}
