import { OAuthError, OAuthErrorCode } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { AuthorizeContext } from '../authorize-context.js';
import { Step } from '../step.js';

/** OIDC Core §3.1.2.6: ignoring one of these would answer another question than was asked. */
const UNSUPPORTED: readonly (readonly [string, OAuthErrorCode])[] = [
  ['request', 'request_not_supported'],
  ['request_uri', 'request_uri_not_supported'],
  ['registration', 'registration_not_supported'],
];

@Injectable()
export class RefuseUnsupported extends Step {
  run({ params, repeated }: AuthorizeContext): void {
    const [twice] = repeated;
    if (twice !== undefined) throw new OAuthError('invalid_request', { description: 'a parameter is repeated' });
    const found = UNSUPPORTED.find(([name]) => params.has(name));
    if (found) throw new OAuthError(found[1]);
  }
}
