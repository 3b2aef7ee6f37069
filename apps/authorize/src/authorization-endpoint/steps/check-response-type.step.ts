import { canonicalResponseType, grantsOf, isKnownResponseType, OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { AuthorizeContext } from '../authorize-context.js';
import { Step } from '../step.js';

/** RFC 6749 §4.1.2.1: missing, unknown, or not this client's (A3, A4, AZ-12). */
@Injectable()
export class CheckResponseType extends Step {
  run(context: AuthorizeContext): void {
    const { params, client, environment } = context;
    const value = params.get('response_type');
    if (value === undefined) throw new OAuthError('invalid_request', { description: 'response_type is missing' });
    const type = canonicalResponseType(value);
    if (!isKnownResponseType(type)) throw new OAuthError('unsupported_response_type');
    const grants = grantsOf(type);
    const granted = client.responseTypes.includes(type) && grants.every((grant) => client.grantTypes.includes(grant));
    if (!granted)
      throw new OAuthError('unauthorized_client', { description: 'response_type is not registered for the client' });
    if (!grants.every((grant) => environment.grantTypes.includes(grant))) {
      throw new OAuthError('unsupported_response_type');
    }
    context.responseType = type;
  }
}
