import { Client } from '@grantway/domain';
import { CLIENT_ALGORITHMS } from './algorithms.js';

/** Seconds a client's clock may be ahead of ours. */
export const SKEW = 30;

/** What is asked of a JWT beside a good signature, by what it is for; each purpose takes one kind of JWT (JW-03). */
export interface PurposeRules {
  /** In characters. */
  readonly longest: number;
  /** Media types without `application/`, in small letters; having none is allowed as well. */
  readonly types: readonly string[];
  readonly algorithms: readonly string[];
  readonly required: readonly string[];
  /** Whether `sub` must be the client, or must not. */
  readonly subject: 'client' | 'other';
  /** `alone`: `aud` is that one string. `among`: it may be one of several. */
  readonly audience: 'alone' | 'among';
  /** Seconds ahead that `exp` may lie. */
  readonly longestAhead?: number;
  /** Seconds ago that `nbf` may lie. */
  readonly oldest?: number;
}

const HOUR = 3_600;
const SHORT = 16_384;
const LONG = 65_536;

export const PURPOSES = {
  /** RFC 7523 §3, RFC 10070: iss = sub = the client, and nobody is meant but us. */
  client_assertion: {
    longest: SHORT,
    types: ['jwt', 'client-authentication+jwt'],
    algorithms: CLIENT_ALGORITHMS,
    required: ['iss', 'sub', 'aud', 'exp', 'jti'],
    subject: 'client',
    audience: 'alone',
    longestAhead: HOUR,
  },
  /** RFC 9101 §4, §10.8: with the client as `sub` it would pass for an assertion at somebody less careful. */
  request_object: {
    longest: LONG,
    types: ['jwt', 'oauth-authz-req+jwt'],
    algorithms: CLIENT_ALGORITHMS,
    required: ['iss', 'aud', 'exp'],
    subject: 'other',
    audience: 'among',
    longestAhead: HOUR,
  },
  /** CIBA Core §7.1.1; PS, ES and EdDSA alone (CB-07), or the client's own secret. */
  backchannel_request: {
    longest: LONG,
    types: ['jwt'],
    algorithms: CLIENT_ALGORITHMS.filter((alg) => !alg.startsWith('RS')),
    required: ['iss', 'aud', 'exp', 'iat', 'nbf', 'jti'],
    subject: 'other',
    audience: 'among',
    longestAhead: HOUR,
    oldest: HOUR,
  },
  /** CIBA Core §7.1 leaves all but its being a hint to us and the client: what it does say must be true. */
  login_hint_token: {
    longest: SHORT,
    types: ['jwt'],
    algorithms: CLIENT_ALGORITHMS,
    required: [],
    subject: 'other',
    audience: 'among',
  },
} as const satisfies Record<string, PurposeRules>;

export type ClientJwtPurpose = keyof typeof PURPOSES;

/** For `request_object_signing_alg_values_supported` and its like. */
export function signingAlgorithms(purpose: ClientJwtPurpose): string[] {
  return [...PURPOSES[purpose].algorithms];
}

/** What is wrong with the claims, or undefined. Being expired is told last, so that it means "it was good once". */
export function claimsProblem(
  claims: Readonly<Record<string, unknown>>,
  rules: PurposeRules,
  { client, audiences, now }: { client: Client; audiences: readonly string[]; now: number },
): ClaimsProblem | undefined {
  const { iss, sub, aud, exp, nbf, iat, jti } = claims;
  if (rules.required.some((name) => claims[name] === undefined)) return 'claim_missing';
  // RFC 7519 §2: a date that is text is no date, and comparing it would compare something else (JW-04).
  if ([exp, nbf, iat].some((date) => date !== undefined && !Number.isFinite(date))) return 'claim_type';
  if ([iss, sub, jti].some((text) => text !== undefined && (typeof text !== 'string' || text === '')))
    return 'claim_type';
  if (iss !== undefined && iss !== client.id) return 'issuer';
  if (rules.subject === 'client' ? sub !== client.id : sub === client.id) return 'subject';
  if (aud !== undefined && !isMeant(aud, rules.audience, audiences)) return 'audience';
  const [expires, starts, issued] = [exp, nbf, iat] as (number | undefined)[];
  if (Math.max(starts ?? 0, issued ?? 0) > now + SKEW) return 'not_yet_valid';
  if (starts !== undefined && rules.oldest !== undefined && starts < now - rules.oldest - SKEW) return 'too_old';
  if (expires !== undefined && rules.longestAhead !== undefined && expires > now + rules.longestAhead + SKEW)
    return 'too_long_lived';
  return expires !== undefined && expires <= now ? 'expired' : undefined;
}

export type ClaimsProblem =
  | 'claim_missing'
  | 'claim_type'
  | 'issuer'
  | 'subject'
  | 'audience'
  | 'not_yet_valid'
  | 'too_old'
  | 'too_long_lived'
  | 'expired';

function isMeant(aud: unknown, rule: PurposeRules['audience'], audiences: readonly string[]): boolean {
  const isOurs = (name: unknown) => audiences.includes(name as string);
  if (!Array.isArray(aud)) return isOurs(aud);
  if (rule === 'among') return aud.every((name) => typeof name === 'string') && aud.some(isOurs);
  // Only a client with the legacy flag has more than one audience to choose from, and may name several.
  return audiences.length > 1 && aud.length > 0 && aud.every(isOurs);
}
