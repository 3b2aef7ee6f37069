import { LoggerService } from '@nestjs/common';
import pino from 'pino';
import { currentTrace } from '../tracing/spans.js';
import { withoutSecrets } from './secrets.js';
import { StandardOutput } from './standard-output.js';

/** What leaves by one of these is free of secrets; a child of pino's, with fields of its own, is not offered. */
export type Logger = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>;

/** JSON lines on standard output; fields are named as the claims are (`client_id`, `sub`, `jti`). */
export function createLogger(service: string, level: string): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: (shown: unknown) => shown },
      hooks: { logMethod: logWithoutSecrets },
    },
    StandardOutput.get(),
  );
}

/** Of all that a line is made of: its fields, and what stands in its text. With the trace it belongs to, if there is one. */
function logWithoutSecrets(this: pino.Logger, said: unknown[], log: pino.LogFn): void {
  const [first, ...rest] = said.map(withoutSecrets);
  const fields = said[0] instanceof Error ? { err: first } : first;
  const traced = currentTrace();
  Reflect.apply(log, this, traced ? tracedLine(fields, rest, traced) : [fields, ...rest]);
}

function tracedLine(first: unknown, rest: readonly unknown[], traced: object): unknown[] {
  if (typeof first === 'object' && first !== null) return [{ ...first, ...traced }, ...rest];
  return [traced, first, ...rest];
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
