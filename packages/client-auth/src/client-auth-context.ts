import { Environment } from '@grantway/domain';
import { ClientAuthContext } from './method.js';

/** What of a request tells who asks; an `HttpCall` is one. */
export interface ClientAuthCall {
  readonly authorization?: string;
  readonly ip: string;
}

/** A form with each parameter once; a `Map` of them is one. */
export interface ClientAuthForm {
  get(name: string): string | undefined;
}

/** @param endpointPath below the issuer, such as `token` */
export function clientAuthContext(
  { authorization, ip }: ClientAuthCall,
  form: ClientAuthForm,
  environment: Pick<Environment, 'id' | 'outbound'>,
  issuer: string,
  endpointPath: string,
): ClientAuthContext {
  return {
    authorization,
    clientId: form.get('client_id'),
    clientSecret: form.get('client_secret'),
    clientAssertion: form.get('client_assertion'),
    clientAssertionType: form.get('client_assertion_type'),
    environment,
    ip,
    issuer,
    endpoint: `${issuer}/${endpointPath}`,
  };
}
