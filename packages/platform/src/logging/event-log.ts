import { HttpCall } from '@grantway/contracts';
import { OAuthError } from '@grantway/protocol';
import { Logger } from './logger.js';

/** What happened to a request, for whoever reads the log later: never a secret, always the request's id. */
export class EventLog {
  constructor(private readonly logger: Logger) {}

  /** A client's or a person's mistake: information, not an alarm. Where it is ours and we know what caused it, an error. */
  refused(call: HttpCall, error: OAuthError, fields: Readonly<Record<string, unknown>> = {}): void {
    const { reason = error.detail.description, cause } = error.detail;
    const level = error.status >= 500 && cause !== undefined ? 'error' : 'info';
    this.logger[level](
      { ...frame(call), ...fields, outcome: error.code, reason, ...(cause ? { err: cause } : {}) },
      'refused',
    );
  }

  done(call: HttpCall, event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.logger.info({ ...frame(call), ...fields, outcome: 'ok' }, event);
  }
}

function frame({ environmentId, requestId, ip }: HttpCall) {
  return { environment: environmentId, request_id: requestId, ip };
}
