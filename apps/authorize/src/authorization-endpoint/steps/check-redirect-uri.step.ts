import { redirectUriMatches } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { AuthorizeContext } from '../authorize-context.js';
import { Step } from '../step.js';

/** RFC 6749 §3.1.2.3, RFC 9700 §2.1: the registered string, raw, before anything else can redirect (AZ-01). */
@Injectable()
export class CheckRedirectUri extends Step {
  run(context: AuthorizeContext): void {
    const { client, params } = context;
    const presented = params.get('redirect_uri');
    if (presented === undefined) {
      // Where nothing is redirected, no address is needed (PingOne's response mode).
      if (params.get('response_mode') === 'pi.flow') return;
      const [only, second] = client.redirectUris;
      // OIDC Core §3.1.2.1 requires it; plain OAuth may leave out the only one.
      const isOpenId = (params.get('scope')?.split(' ') ?? client.defaultScopes).includes('openid');
      if (only === undefined || second !== undefined || only.includes('*') || isOpenId) {
        throw new OAuthError('invalid_request', { description: 'redirect_uri is missing' });
      }
      context.redirectUri = only;
      return;
    }
    const registered = client.redirectUris.some((uri) => redirectUriMatches(uri, presented, client.legacy));
    if (!registered)
      throw new OAuthError('invalid_request', { description: 'redirect_uri is not registered for the client' });
    context.redirectUri = presented;
  }
}
