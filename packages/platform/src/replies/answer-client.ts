import { HttpCall, HttpReply } from '@grantway/contracts';
import { AuditEventName, Environment } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import { EventLog } from '../logging/event-log.js';
import { ClientForm, readClientForm } from './client-form.js';
import { clientErrorReply } from './oauth-reply.js';

/** What a client asks of an endpoint, and where. */
export interface ClientCall {
  readonly call: HttpCall;
  readonly form: ClientForm;
  readonly environment: Environment;
  readonly issuer: string;
  /** For the log, once it is known who asks. */
  clientId?: string;
}

/**
 * Answers a client; its mistakes become the reply of RFC 6749 §5.2, and anything else is not a verdict (IR-04).
 *
 * @param event what a refusal is one of
 */
export async function answerClient(
  { call, environment, issuer }: Pick<ClientCall, 'call' | 'environment' | 'issuer'>,
  log: EventLog,
  event: AuditEventName,
  answer: (request: ClientCall) => Promise<HttpReply>,
): Promise<HttpReply> {
  let request: ClientCall | undefined;
  try {
    request = { call, form: readClientForm(call), environment, issuer };
    return await answer(request);
  } catch (error) {
    if (!OAuthError.is(error)) throw error;
    log.refused(call, event, error, { client_id: request?.clientId });
    return clientErrorReply(error, call);
  }
}
