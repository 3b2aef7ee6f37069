import { OAuthError, ScopeSet } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { Step } from '../step.js';
import { TokenContext } from '../token-context.js';

/** RFC 6749 §3.3, §6: granted ⊆ requested ∩ authorized ∩ registered, whatever the grant returned. */
@Injectable()
export class LimitScope extends Step {
  run(context: TokenContext): void {
    const { requestedScope, catalog, client, issuance } = context;
    const { scope: authorized } = issuance.authorization;
    const registered = ScopeSet.from(client.scopes.filter((token) => catalog.knows(token)));
    const requested = requestedScope ?? authorized;
    if (!requested.within(authorized)) throw beyond(requested, authorized);
    // Where nothing was authorized before this request, asking beyond its registration is the client's own mistake (TX-02).
    if (!issuance.spend && !requested.within(registered)) throw beyond(requested, registered);
    // A scope taken from the client since is silently gone from the next token (RT-06).
    context.scope = requested.intersect(registered);
    // C2: what is a user's, nobody gets who is none; a remote grant's was broken before it came here.
    const { subject } = issuance.authorization;
    const users = subject.kind === 'user' ? [] : [...context.scope].filter((token) => catalog.needsUser(token));
    if (users.length > 0) throw new OAuthError('invalid_scope', { description: `${users[0]} needs a user` });
    // RFC 6749 §3.3: a scope has at least one token, so there is nothing left to issue a token for.
    if (context.scope.size === 0) {
      throw new OAuthError('invalid_scope', { description: 'no scope is left to the client' });
    }
  }
}

function beyond(requested: ScopeSet, limit: ScopeSet): OAuthError {
  const [first] = [...requested].filter((token) => !limit.has(token));
  return new OAuthError('invalid_scope', { description: `${first} may not be requested` });
}
