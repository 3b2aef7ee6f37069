import { AuditEvents, isAuditEventName } from '@grantway/domain';
import { DynamicModule, Module } from '@nestjs/common';
import { BusIdentity } from '../bus/bus-identity.js';
import { ConfigError } from '../config/from-env.js';
import { StatefulServiceConfig } from '../config/service.config.js';
import { createLogger, Logger } from '../logging/logger.js';
import { Metrics } from '../metrics/metrics.js';
import { AuditRecorder } from './audit-recorder.js';
import { AuditStream } from './audit-stream.js';

export interface AuditOptions {
  /** The process's: in its log, and on the bus. */
  readonly name: string;
  readonly config: Pick<StatefulServiceConfig, 'logLevel' | 'auditLeaveOut'> & Partial<StatefulServiceConfig>;
  readonly isInfrastructureError: (error: unknown) => boolean;
  /** Whether events are handed on to the stream; absent in a process that has no say in it. */
  readonly stream?: boolean;
}

/**
 * Keeps what a process reports to its `EventLog`. Needs the stores and the metrics of global modules, and is imported behind the
 * module of the stores: what is imported last is stopped first.
 */
@Module({})
export class AuditModule {
  static forRoot({ name, config, isInfrastructureError, stream }: AuditOptions): DynamicModule {
    const logger = createLogger(name, config.logLevel);
    const leaveOut = readLeaveOut(config.auditLeaveOut);
    return {
      module: AuditModule,
      global: true,
      providers: [
        {
          provide: AuditRecorder,
          useFactory: (events: AuditEvents, metrics: Metrics) =>
            new AuditRecorder({ events, logger, metrics, isInfrastructureError, leaveOut }),
          inject: [AuditEvents, Metrics],
        },
        ...(stream === undefined ? [] : [streamProvider(name, config, logger, stream)]),
      ],
      exports: [AuditRecorder],
    };
  }
}

function streamProvider(name: string, config: AuditOptions['config'], logger: Logger, isOn: boolean) {
  const { natsUrl: url, natsCaFile: caFile } = config;
  const identity = BusIdentity.read(config);
  const server = isOn &&
    url !== undefined && { server: { url, name, ...(identity && { identity }), ...(caFile && { caFile }) } };
  return {
    provide: AuditStream,
    useFactory: (events: AuditEvents, metrics: Metrics) => new AuditStream({ events, logger, metrics, ...server }),
    inject: [AuditEvents, Metrics],
  };
}

/** @throws ConfigError for an event there is not: it would be kept, and somebody would count on its not being kept */
export function readLeaveOut(text: string): string[] {
  const leaveOut = text.split(',').filter(Boolean);
  for (const entry of leaveOut) {
    const [event = ''] = entry.split('/');
    if (!isAuditEventName(event)) throw new ConfigError(`Configuration: AUDIT_LEAVE_OUT: there is no event ${event}`);
  }
  return leaveOut;
}
