import { ClientAuthModule } from '@grantway/client-auth';
import {
  BackchannelRequests,
  Clients,
  Environments,
  MasterKey,
  Outbound,
  SecretBox,
  Sessions,
  Standings,
  UserDirectory,
} from '@grantway/domain';
import { remoteGrant } from '@grantway/grant-sdk';
import { JobRunner } from '@grantway/persistence';
import { AuditRecorder, createLogger, EventLog, OutboundModule } from '@grantway/platform';
import { DynamicModule, Module } from '@nestjs/common';
import { Approvals } from './approvals/approvals.js';
import { ApprovalsApi } from './approvals/approvals-api.js';
import { ApprovalsPages } from './approvals/approvals-pages.js';
import { BackchannelEndpoint } from './backchannel-endpoint/backchannel-endpoint.js';
import { SignedRequests } from './backchannel-endpoint/signed-request.js';
import { UserCodeCheck } from './backchannel-endpoint/user-code-check.js';
import { UserHints } from './backchannel-endpoint/user-hints.js';
import { CibaConfig } from './ciba.config.js';
import { CibaController } from './ciba.controller.js';
import { CibaGrant } from './ciba-grant/ciba.grant.js';
import { Notifier } from './notifications/notifier.js';
import { Payloads } from './notifications/payloads.js';

/** Backchannel authentication endpoint, approvals, notifications and the grant. Needs stores and verifier of global modules, and the bus. */
@Module({})
export class CibaModule {
  static forRoot(config: CibaConfig): DynamicModule {
    const masterKey = MasterKey.parse(config.masterKey);
    return {
      module: CibaModule,
      imports: [OutboundModule, ClientAuthModule.forRoot(masterKey)],
      controllers: [CibaController],
      providers: [
        { provide: CibaConfig, useValue: config },
        {
          provide: EventLog,
          useFactory: (audit: AuditRecorder) => new EventLog(createLogger('ciba', config.logLevel), audit),
          inject: [AuditRecorder],
        },
        { provide: SecretBox, useValue: new SecretBox(masterKey.derive('sealed-secret')) },
        {
          provide: Standings,
          useFactory: (sessions: Sessions, users: UserDirectory) => new Standings(sessions, users),
          inject: [Sessions, UserDirectory],
        },
        SignedRequests,
        UserHints,
        UserCodeCheck,
        BackchannelEndpoint,
        Approvals,
        ApprovalsPages,
        ApprovalsApi,
        Payloads,
        {
          provide: Notifier,
          useFactory: (...[requests, environments, clients, payloads, outbound, box, log, jobs]: NotifierParts) =>
            new Notifier(requests, environments, clients, payloads, outbound, box, log, jobs),
          inject: [BackchannelRequests, Environments, Clients, Payloads, Outbound, SecretBox, EventLog, JobRunner],
        },
        ...remoteGrant(CibaGrant),
      ],
    };
  }
}

type NotifierParts = [BackchannelRequests, Environments, Clients, Payloads, Outbound, SecretBox, EventLog, JobRunner];
