import { LegacyFlags } from './client.js';

const LOOPBACK_IP = /^http:\/\/(127\.0\.0\.1|\[::1\])(?::(\d{1,5}))?(\/[^#]*)?$/;
const HIGHEST_PORT = 65_535;
/** RFC 3986 §2: anything else would not survive a `Location` header. */
const URI_CHARACTERS = /^[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]*$/;
const LONGEST = 2_000;
/** What an answer says (RFC 6749 §4.1.2, RFC 9207 §2); a query that says it already could be read in its place. */
const ANSWER_PARAMS = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri', 'response', 'session_state'];
/** One path segment without dots, encodings or separators, so a wildcard spans nothing surprising. */
const WILDCARD_SEGMENT = '[A-Za-z0-9_-]{1,128}';

/** Whether a redirect URI is one the client registered: the same string, or what a rule below allows (A2). */
export function redirectUriMatches(registered: string, presented: string, legacy: LegacyFlags): boolean {
  // A pattern is no address: nobody can be sent to a literal `*`.
  if (registered === presented) return !registered.includes('*');
  if (loopbackMatches(registered, presented)) return true;
  if (legacy.redirectWildcard && wildcardMatches(registered, presented)) return true;
  return legacy.redirectExtraQuery && extraQueryMatches(registered, presented);
}

/** RFC 8252 §7.3: the port of a literally registered loopback address is free, and nothing else (AZ-05). */
function loopbackMatches(registered: string, presented: string): boolean {
  const [, registeredHost, , registeredRest] = LOOPBACK_IP.exec(registered) ?? [];
  const [, presentedHost, port = '80', presentedRest] = LOOPBACK_IP.exec(presented) ?? [];
  const samePlace = registeredHost === presentedHost && registeredRest === presentedRest;
  return registeredHost !== undefined && samePlace && isPort(port);
}

/** A port no browser can go to is a mistake to tell on a page, not a redirect. */
function isPort(text: string): boolean {
  return !text.startsWith('0') && Number(text) <= HIGHEST_PORT;
}

function wildcardMatches(registered: string, presented: string): boolean {
  if (!hasOneWildcardInPath(registered)) return false;
  const star = registered.indexOf('*');
  const before = registered.slice(0, star);
  const after = registered.slice(star + 1);
  if (!presented.startsWith(before) || !presented.endsWith(after)) return false;
  return new RegExp(`^${WILDCARD_SEGMENT}$`).test(presented.slice(before.length, presented.length - after.length));
}

function extraQueryMatches(registered: string, presented: string): boolean {
  const separator = registered.includes('?') ? '&' : '?';
  if (!presented.startsWith(registered + separator) || presented.length > LONGEST || !isUriText(presented))
    return false;
  const extra = new URLSearchParams(presented.slice(registered.length + 1));
  return !ANSWER_PARAMS.some((name) => extra.has(name));
}

/** The characters of a URI without a fragment. */
function isUriText(text: string): boolean {
  return URI_CHARACTERS.test(text) && !text.includes('#');
}

function hasOneWildcardInPath(registered: string): boolean {
  return /^[^/*]+:\/\/[^/*?]+\/[^*]*\*[^*]*$/.test(registered);
}

/** Why a redirect URI may not be registered, or undefined (AZ-04, RFC 6749 §3.1.2, RFC 8252 §7). */
export function redirectUriFault(uri: string, legacy: LegacyFlags): string | undefined {
  if (uri.length > LONGEST) return `is longer than ${LONGEST} characters`;
  if (uri.includes('#')) return 'has a fragment';
  if (!isUriText(uri)) return 'has a character that does not belong in a URI';
  if (uri.includes('*') && !legacy.redirectWildcard)
    return 'has a wildcard, which needs the legacy flag redirectWildcard';
  if (uri.includes('*') && !hasOneWildcardInPath(uri)) return 'may have one wildcard, in its path';
  if (!URL.canParse(uri)) return 'is not an absolute URI';
  const url = new URL(uri);
  // Browsers forgive a missing or a third slash, each in its own way.
  if (/^https?:$/.test(url.protocol) && !/^https?:\/\/[^/]/i.test(uri)) return 'has no host right after its scheme';
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
