import { FromEnv, StatefulServiceConfig } from '@grantway/platform';
import { IsIn } from 'class-validator';

/** What every service with a database needs, and whether this one hands audit events on. */
export class AuthorizeConfig extends StatefulServiceConfig {
  @FromEnv('AUDIT_STREAM', 'Whether audit events are handed on to the JetStream stream GRANTWAY_AUDIT; true or false.')
  @IsIn(['true', 'false'])
  auditStream: 'true' | 'false' = 'false';
}
