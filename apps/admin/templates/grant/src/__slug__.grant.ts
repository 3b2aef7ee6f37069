import { Grant, type GrantHandler, type Issuance, OAuthError, ScopeSet, type TokenRequest } from '@grantway/grant-sdk';
import { __Name__Params } from './__slug__.params.js';
import { Tickets } from './tickets.js';

/** Milliseconds. A ticket of a longer life was not meant to be one. */
const LONGEST_LIFE = 15 * 60_000;

/** Turns a ticket, which a system of yours signed for one client and one user, into one token. */
@Grant({
  type: '__TYPE__',
  params: __Name__Params,
  clients: 'confidential',
  slug: '__slug__', // What the last segment of the type makes; no other is heard.
  spends: 'once',
})
export class __Name__Grant implements GrantHandler<__Name__Params> {
  constructor(private readonly tickets: Tickets) {}

  async handle({ environment, client, params, requestedScope }: TokenRequest<__Name__Params>): Promise<Issuance> {
    const ticket = this.tickets.read(params.ticket);
    // All of these look the same from outside: who guesses or steals learns nothing. The reason is for your log.
    if (!ticket) throw refused('forged');
    if (ticket.environment !== environment.id) throw refused('other_environment');
    if (ticket.client !== client.id) throw refused('other_client');
    if (ticket.expires <= Date.now()) throw refused('expired');
    if (ticket.expires > Date.now() + LONGEST_LIFE) throw refused('too_long');

    const scope = ScopeSet.parse(ticket.scope);
    if (!scope) throw refused('no_scope');
    if (requestedScope && !requestedScope.within(scope)) {
      throw new OAuthError('invalid_scope', { description: 'the ticket does not allow this scope' });
    }
    return {
      authorization: { subject: { kind: 'user', id: ticket.user }, scope, resources: [] },
      // Grantway spends it, once all its own checks have passed: a refusal leaves the ticket good, a second use is refused.
      spend: { once: { id: ticket.id, until: new Date(ticket.expires) } },
    };
  }
}

function refused(reason: string): OAuthError {
  return new OAuthError('invalid_grant', { reason: `ticket.${reason}`, description: 'the ticket is not valid' });
}
