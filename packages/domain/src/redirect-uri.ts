import { LegacyFlags } from './client.js';

const LOOPBACK_IP = /^http:\/\/(127\.0\.0\.1|\[::1\])(?::\d{1,5})?(\/[^#]*)?$/;
/** One path segment without dots, encodings or separators, so a wildcard spans nothing surprising. */
const WILDCARD_SEGMENT = '[A-Za-z0-9_-]{1,128}';

/** Whether a redirect URI is one the client registered: the same string, or what a rule below allows (A2). */
export function redirectUriMatches(registered: string, presented: string, legacy: LegacyFlags): boolean {
  if (registered === presented) return true;
  if (loopbackMatches(registered, presented)) return true;
  if (legacy.redirectWildcard && wildcardMatches(registered, presented)) return true;
  return legacy.redirectExtraQuery && extraQueryMatches(registered, presented);
}

/** RFC 8252 §7.3: the port of a literally registered loopback address is free, and nothing else (AZ-05). */
function loopbackMatches(registered: string, presented: string): boolean {
  const [, registeredHost, registeredRest = ''] = LOOPBACK_IP.exec(registered) ?? [];
  const [, presentedHost, presentedRest = ''] = LOOPBACK_IP.exec(presented) ?? [];
  return registeredHost !== undefined && registeredHost === presentedHost && registeredRest === presentedRest;
}

function wildcardMatches(registered: string, presented: string): boolean {
  const star = registered.indexOf('*');
  const pathStart = registered.indexOf('/', registered.indexOf('://') + 3);
  if (star < 0 || pathStart < 0 || star < pathStart || registered.indexOf('*', star + 1) >= 0) return false;
  const before = registered.slice(0, star);
  const after = registered.slice(star + 1);
  if (!presented.startsWith(before) || !presented.endsWith(after)) return false;
  return new RegExp(`^${WILDCARD_SEGMENT}$`).test(presented.slice(before.length, presented.length - after.length));
}

function extraQueryMatches(registered: string, presented: string): boolean {
  const separator = registered.includes('?') ? '&' : '?';
  return presented.startsWith(registered + separator) && !presented.includes('#');
}

/** Why a redirect URI may not be registered, or undefined (AZ-04, RFC 6749 §3.1.2, RFC 8252 §7). */
export function redirectUriFault(uri: string, legacy: LegacyFlags): string | undefined {
  if (uri.length > 2000) return 'is longer than 2000 characters';
  if (uri.includes('#')) return 'has a fragment';
  if (/[\s\\<>"]/.test(uri)) return 'has a character that does not belong in a URI';
  if (uri.includes('*') && !legacy.redirectWildcard) return 'has a wildcard, which needs the legacy flag redirectWildcard';
  if (!URL.canParse(uri)) return 'is not an absolute URI';
  const url = new URL(uri);
  if (url.username || url.password) return 'has user information';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol === 'http:') {
    return isLoopbackHost(url.hostname) ? undefined : 'uses http for a host that is not loopback';
  }
  // RFC 8252 §7.1: a private-use scheme is a reversed domain name, so it has a dot; javascript: and data: have none.
  return /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(url.protocol)
    ? undefined
    : 'has a scheme that is neither https, nor loopback http, nor a reversed domain name';
}

/** AZ-14: anybody on the device can listen there, so an answer to a public client is never automatic. */
export function isImpersonableRedirect(uri: string): boolean {
  const url = new URL(uri);
  return url.protocol !== 'https:';
}

function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}
