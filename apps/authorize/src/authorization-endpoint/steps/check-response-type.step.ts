import { canonicalResponseType, GrantType, isKnownResponseType, OAuthError, RESPONSE_TYPES } from '@grantway/protocol';
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
    const offered = (RESPONSE_TYPES as readonly string[]).includes(type);
    if (!isKnownResponseType(type)) throw new OAuthError('unsupported_response_type');
    const granted = client.responseTypes.includes(type) && client.grantTypes.includes(GrantType.AuthorizationCode);
    if (!granted)
      throw new OAuthError('unauthorized_client', { description: 'response_type is not registered for the client' });
    const enabled = environment.grantTypes.includes(GrantType.AuthorizationCode);
    if (!offered || !enabled) throw new OAuthError('unsupported_response_type');
    context.responseType = type;
  }
}
