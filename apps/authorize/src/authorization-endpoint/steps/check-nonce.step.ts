import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { AuthorizeContext } from '../authorize-context.js';
import { Step } from '../step.js';

/** OIDC Core §3.2.2.1, §3.3.2.11: an ID token through the browser is asked for with `openid`, and bound by a nonce (I2, H2, OI-01). */
@Injectable()
export class CheckNonce extends Step {
  run({ params, responseType, scope }: AuthorizeContext): void {
    if (!responseType.split(' ').includes('id_token')) return;
    if (!scope.has('openid')) throw new OAuthError('invalid_request', { description: 'id_token needs scope openid' });
    if (!params.has('nonce')) throw new OAuthError('invalid_request', { description: 'nonce is missing' });
  }
}
