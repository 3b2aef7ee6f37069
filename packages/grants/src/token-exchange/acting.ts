import { Client, ExchangedToken } from '@grantway/domain';
import { ActClaim, DEEPEST_ACT_CHAIN, OAuthError } from '@grantway/protocol';

/** House rule: nobody acts for themselves; else the subject's own token would stand for an actor's, and for its right. */
export function requireOther({ subject }: ExchangedToken, actor: ExchangedToken | undefined): void {
  if (actor?.subject.kind !== subject.kind || actor.subject.id !== subject.id) return;
  throw new OAuthError('invalid_request', {
    reason: 'token_exchange.actor_is_subject',
    description: 'the actor_token is of the subject itself',
  });
}

/**
 * T9, RFC 8693 §4.4: where the subject's token says who may act, it is them; without an actor's token, the client itself
 * acts. House rule: an actor counts through the client that asks, and not through one that let its tokens be shown.
 */
export function requireNamed({ mayAct }: ExchangedToken, actor: ExchangedToken | undefined, client: Client): void {
  if (!mayAct) return;
  const acting = actor ? { sub: actor.sub, client_id: actor.client.id } : { sub: client.id, client_id: client.id };
  const said = [mayAct.sub, mayAct.client_id].some((name) => name !== undefined);
  const fits = (mayAct.sub ?? acting.sub) === acting.sub && (mayAct.client_id ?? acting.client_id) === acting.client_id;
  const ownActor = !actor || actor.client.id === client.id;
  if (said && fits && ownActor) return;
  throw new OAuthError('invalid_request', {
    reason: 'token_exchange.may_act',
    description: 'the subject_token does not let this actor act',
  });
}

/** T8, RFC 8693 §4.1: the actor before those who acted before. Impersonation adds nobody, and forgets nobody. */
export function chainOf(subject: ExchangedToken, actor: ExchangedToken | undefined): ActClaim | undefined {
  if (!actor) return subject.act;
  const { sub, iss, client } = actor;
  const act = { sub, iss, client_id: client.id, ...(subject.act && { act: subject.act }) };
  if (depthOf(act) <= DEEPEST_ACT_CHAIN) return act;
  throw tooDeep('too many have acted already');
}

/** House rule: exchanges of what was exchanged end as chains of actors do, though nobody is named in them. */
export function requireShallow({ derivationDepth = 0 }: ExchangedToken): void {
  if (derivationDepth >= DEEPEST_ACT_CHAIN) throw tooDeep('the subject_token was exchanged too often already');
}

function tooDeep(description: string): OAuthError {
  return new OAuthError('invalid_request', { reason: 'token_exchange.too_deep', description });
}

function depthOf(act: ActClaim | undefined): number {
  return act ? 1 + depthOf(act.act) : 0;
}
