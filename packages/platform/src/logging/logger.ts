import { LoggerService } from '@nestjs/common';
import pino from 'pino';

export type Logger = pino.Logger;

/** Field names whose values never reach a log, wherever they stand (HT-06). */
const SECRET_FIELDS = [
  'password',
  'secret',
  'client_secret',
  'client_assertion',
  'code',
  'code_verifier',
  'token',
  'refresh_token',
  'access_token',
  'id_token',
  'id_token_hint',
  'authorization',
  'cookie',
  'session',
  'browser',
  'csrf',
];

/** JSON lines on standard output; fields are named as the claims are (`client_id`, `sub`, `jti`). */
export function createLogger(service: string, level: string): Logger {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[redacted]' },
    serializers: { err: errorFields },
  });
}

/** An error's code (`ECONNREFUSED`) redeems nothing, so it leaves under a name that is not redacted. */
function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, ...fields } = pino.stdSerializers.err(error);
  return code === undefined ? fields : { ...fields, error_code: code };
}

/** Lets Nest's own messages leave through the same door; its start-up chatter is debug. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }

  error(message: unknown, stack?: string, context?: string): void {
    this.logger.error({ context, stack }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }
}
