import { GrantType } from '@grantway/protocol';
import { TokenContext } from './token-context.js';

/**
 * R7: the grant allows it, environment and client have the refresh grant, and the user allowed offline access
 * (or the client's preset issues without).
 */
export function mayRefresh({ issuance, environment, client }: TokenContext): boolean {
  const enabled =
    environment.grantTypes.includes(GrantType.RefreshToken) && client.grantTypes.includes(GrantType.RefreshToken);
  const offline = issuance.authorization.scope.has('offline_access') || client.refresh.withoutOfflineAccess;
  // R10: machines have what they show again.
  const isUser = issuance.authorization.subject.kind === 'user';
  return issuance.refreshToken === true && isUser && enabled && offline;
}

/** Seconds; the client's own limits before the environment's (R6). */
export function refreshLimits({ environment, client }: TokenContext): { idle: number; absolute: number } {
  return {
    idle: client.refresh.idle ?? environment.lifetimes.refreshIdle,
    absolute: client.refresh.absolute ?? environment.lifetimes.refreshAbsolute,
  };
}
