import { OAuthError, OAuthErrorCode } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { AuthorizeContext } from '../authorize-context.js';
import { Step } from '../step.js';

/** Ignoring one of these would answer another question than was asked (OIDC Core §3.1.2.6, RFC 9396 §5). */
const UNSUPPORTED: readonly (readonly [string, OAuthErrorCode])[] = [
  ['request_uri', 'request_uri_not_supported'],
  ['registration', 'registration_not_supported'],
  // X11: no type of authorization details is registered, so each is an unknown one.
  ['authorization_details', 'invalid_authorization_details'],
];

/** What the request as a whole must not be: told to the redirect URI, now that it is proven. */
@Injectable()
export class RefuseUnsupported extends Step {
  run(context: AuthorizeContext): void {
    if (context.requestObjectRefused) throw context.requestObjectRefused;
    const [twice] = context.repeated;
    if (twice !== undefined) throw new OAuthError('invalid_request', { description: 'a parameter is repeated' });
    const found = UNSUPPORTED.find(([name]) => context.params.has(name));
    if (found) throw new OAuthError(found[1]);
  }
}
