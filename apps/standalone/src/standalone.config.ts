import { FromEnv } from '@grantway/platform';
import { IsIn, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';

/** What a start without any setting applies; only of this file is known what the banner says of users and secrets. */
export const DEMO_FILE = 'deploy/environments/demo.yaml';

/** Everything `npm start` can be told. */
export class StandaloneConfig {
  @FromEnv('PORT', 'The public port.')
  @IsInt()
  @Min(1)
  @Max(65_535)
  port = 3000;

  @FromEnv('PUBLIC_URL', 'Where people reach this: scheme, host, port. Default http://localhost:PORT.')
  @IsOptional()
  @Matches(/^https?:\/\/[^/?#\s]+$/, { message: 'publicUrl must be an origin such as https://login.example.com' })
  publicUrl?: string;

  @FromEnv('HEALTH_PORT', 'Port of /metrics, with /healthz and /readyz beside it; 0 for none. Not for the public.')
  @IsInt()
  @Min(0)
  @Max(65_535)
  healthPort = 0;

  @FromEnv('GRANTWAY_DATA', 'Folder of the database and the master key.')
  @IsString()
  dataDir = '.grantway';

  @FromEnv('GRANTWAY_ENVIRONMENTS', 'Environment file, or a folder of them, applied at start.')
  @IsString()
  environments = DEMO_FILE;

  @FromEnv('DATABASE_URL', 'A PostgreSQL of your own instead of the embedded one.')
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, { message: 'databaseUrl must begin with postgresql://' })
  databaseUrl?: string;

  @FromEnv('GRANTWAY_MASTER_KEY', '32 bytes in base64url. Default: made once and kept in the data folder.')
  @IsOptional()
  @Matches(/^[A-Za-z0-9_-]{43}$/, { message: 'masterKey must be 32 bytes in base64url (43 characters)' })
  masterKey?: string;

  @FromEnv('GRANTS', 'As for the token service; default: the built-in ones.')
  @IsOptional()
  @IsString()
  grants?: string;

  @FromEnv('TRUSTED_PROXY_HOPS', 'Proxies in front whose X-Forwarded-For is believed.')
  @IsInt()
  @Min(0)
  @Max(10)
  trustedProxyHops = 0;

  @FromEnv('AUDIT_DAYS', 'How long audit events are kept.')
  @IsInt()
  @Min(1)
  @Max(3_660)
  auditDays = 90;

  @FromEnv('AUDIT_LEAVE_OUT', 'As for the services: audit events that are lines in the log alone.')
  @IsString()
  auditLeaveOut = '';

  @FromEnv('LOG_LEVEL', 'fatal, error, warn, info, debug or silent.')
  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent' = 'warn';
}
