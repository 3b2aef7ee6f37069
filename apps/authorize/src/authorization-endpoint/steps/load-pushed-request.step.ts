import { PushedRequests, REQUEST_URI_PREFIX } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { AuthorizeContext } from '../authorize-context.js';
import { Step } from '../step.js';

/**
 * RFC 9126 §4: what was pushed counts, and nothing beside it. Whatever is wrong is told on a page: no redirect URI is trusted
 * yet (P3). Any other `request_uri` is refused later, unseen (PR-05).
 */
@Injectable()
export class LoadPushedRequest extends Step {
  constructor(private readonly requests: PushedRequests) {
    super();
  }

  async run(context: AuthorizeContext): Promise<void> {
    const requestUri = context.params.get('request_uri');
    if (!requestUri?.startsWith(REQUEST_URI_PREFIX)) return;
    const pushed = await this.requests.find(context.environment.id, requestUri);
    // House rule: unknown, expired, used and another client's all look the same from outside.
    if (!pushed || pushed.clientId !== context.params.get('client_id')) {
      throw new OAuthError('invalid_request_uri', { description: 'request_uri is not valid, or not any more' });
    }
    context.pushed = pushed;
    context.read(pushed.params);
  }
}
