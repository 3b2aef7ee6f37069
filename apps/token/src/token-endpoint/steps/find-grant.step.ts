import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { GrantRegistry } from '../grant-registry.js';
import { Step } from '../step.js';
import { TokenContext } from '../token-context.js';

/** X6: no grant_type is a bad request; an unknown one, or one this environment has off, is unsupported. */
@Injectable()
export class FindGrant extends Step {
  constructor(private readonly registry: GrantRegistry) {
    super();
  }

  run(context: TokenContext): void {
    const type = context.form.get('grant_type');
    if (type === undefined) throw new OAuthError('invalid_request', { description: 'grant_type is missing' });
    const grant = context.environment.grantTypes.includes(type) ? this.registry.find(type) : undefined;
    if (!grant) throw new OAuthError('unsupported_grant_type', { description: 'grant_type is not supported here' });
    context.grantType = type;
    // Design section 5: an outage is never a verdict, and a poll that may be repeated is not lost.
    if (grant === 'away') throw new OAuthError('temporarily_unavailable', { reason: 'grant.away', retryAfter: 1 });
    context.grant = grant;
  }
}
