import { User } from '@grantway/domain';
import { LiveAccessToken } from '@grantway/token-signing';
import { IntrospectionCaller } from './introspection-callers.js';

/** RFC 7662 §2.2. */
export type Introspection = { readonly active: boolean; readonly [member: string]: unknown };

/** RFC 7662 §2.2: nothing beside it, whatever the reason. */
export const INACTIVE: Introspection = { active: false };

/** IR-02: an audience of the token, or the client it was issued to. */
export function mayAsk(caller: IntrospectionCaller, { claims, client }: LiveAccessToken): boolean {
  const audiences = [claims.aud].flat();
  return caller.kind === 'resource'
    ? audiences.includes(caller.resource.audience)
    : client.id === caller.id || audiences.includes(caller.id);
}

/** What a JWT of the same grant says, and what only we know. */
export function tellAccessToken(caller: IntrospectionCaller, { claims, user, scope }: LiveAccessToken): Introspection {
  const { authorization_id: _ours, service_account_version: _too, ...told } = claims;
  // RFC 7662 §2.2 allows it: a resource is not told what the same token may do at others.
  const seen = caller.kind === 'resource' ? caller.catalog.limitTo(scope, [caller.resource]) : scope;
  return { ...told, active: true, scope: seen.toString(), token_type: 'Bearer', ...username(user) };
}

export function username(user: User | undefined): { username?: string } {
  return user ? { username: user.username } : {};
}
