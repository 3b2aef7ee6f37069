import { IsIn, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { FromEnv } from './from-env.js';

/** What every process on the bus reads, a team's grant service as well. */
export class ProcessConfig {
  @FromEnv('NATS_URL', 'The bus; empty runs without one (standalone).')
  @IsOptional()
  @IsString()
  natsUrl?: string;

  @FromEnv('NATS_NKEY_SEED', 'Who this process is on the bus: its nkey seed. Empty on a bus that asks nobody.')
  @IsOptional()
  @Matches(/^SU[A-Z2-7]{56}$/, { message: 'natsNkeySeed must be the nkey seed of a user (SU and 56 more characters)' })
  natsNkeySeed?: string;

  @FromEnv('NATS_NKEY_FILE', 'The same, in a file; read again at every connect.')
  @IsOptional()
  @IsString()
  natsNkeyFile?: string;

  @FromEnv(
    'NATS_CA_FILE',
    'Who vouches for the bus server, PEM; with it, or a tls:// address, the bus is TLS or nothing.',
  )
  @IsOptional()
  @IsString()
  natsCaFile?: string;

  @FromEnv('HEALTH_PORT', 'Port of /healthz, /readyz and /metrics; 0 for none.')
  @IsInt()
  @Min(0)
  @Max(65_535)
  healthPort = 0;

  @FromEnv('LOG_LEVEL', 'fatal, error, warn, info, debug or silent.')
  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent' = 'info';

  @FromEnv('DRAIN_SECONDS', 'How long a stopping service keeps serving after it said it is not ready.')
  @IsInt()
  @Min(0)
  @Max(60)
  drainSeconds = 0;
}

/** What every service of Grantway's own reads. */
export class ServiceConfig extends ProcessConfig {
  @FromEnv(
    'PUBLIC_URL',
    'Where people and clients reach Grantway: scheme, host and port, no path. Issuers begin with it.',
  )
  @Matches(/^https?:\/\/[^/?#\s]+$/, { message: 'publicUrl must be an origin such as https://login.example.com' })
  publicUrl!: string;
}

/** What every service with a database reads. */
export class StatefulServiceConfig extends ServiceConfig {
  @FromEnv('DATABASE_URL', 'PostgreSQL 14 or later.')
  @Matches(/^postgres(ql)?:\/\//, { message: 'databaseUrl must begin with postgresql://' })
  databaseUrl!: string;

  @FromEnv('DATABASE_POOL', 'Most connections of one process.')
  @IsInt()
  @Min(1)
  @Max(200)
  databasePool = 10;

  @FromEnv('GRANTWAY_MASTER_KEY', '32 random bytes in base64url; the same in every service.')
  @Matches(/^[A-Za-z0-9_-]{43}$/, { message: 'masterKey must be 32 bytes in base64url (43 characters)' })
  masterKey!: string;

  @FromEnv('AUDIT_DAYS', 'How long audit events are kept; where services differ, the shortest counts.')
  @IsInt()
  @Min(1)
  @Max(3_660)
  auditDays = 90;

  @FromEnv(
    'AUDIT_LEAVE_OUT',
    'Audit events that are lines in the log alone, separated by commas: an event, or one with an outcome (token.issue/ok).',
  )
  @IsString()
  @Matches(/^([a-z_.]+(\/[a-z_]+)?(,|$))*$/, {
    message: 'auditLeaveOut must be events such as token.issue/ok, separated by commas',
  })
  auditLeaveOut = '';
}
