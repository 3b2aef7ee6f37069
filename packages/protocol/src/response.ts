import { GrantType } from './grant-type.js';

/** OAuth 2.0 Multiple Response Types §2, §5 and OIDC Core §3, in their canonical (sorted) spelling. */
export const RESPONSE_TYPES = [
  'code',
  'token',
  'id_token',
  'id_token token',
  'code id_token',
  'code token',
  'code id_token token',
] as const;
export type ResponseType = (typeof RESPONSE_TYPES)[number];

/** Form Post Response Mode §2; `pi.flow` is PingOne's: the flow as JSON instead of redirects. */
export const RESPONSE_MODES = ['query', 'fragment', 'form_post', 'pi.flow'] as const;
export type ResponseMode = (typeof RESPONSE_MODES)[number];

/**
 * `response_type` is a set of words in any order (Multiple Response Types §3); this is its sorted spelling.
 */
export function canonicalResponseType(value: string): string {
  return value.split(' ').filter(Boolean).sort().join(' ');
}

export function isKnownResponseType(canonical: string): canonical is ResponseType {
  return (RESPONSE_TYPES as readonly string[]).includes(canonical);
}

/** The grants a response type draws on: hybrid needs both (H1). */
export function grantsOf(type: ResponseType): readonly GrantType[] {
  const words = type.split(' ');
  const code = words.includes('code') ? [GrantType.AuthorizationCode] : [];
  const frontChannel = words.some((word) => word !== 'code') ? [GrantType.Implicit] : [];
  return [...code, ...frontChannel];
}

/** Multiple Response Types §2.1, §5: tokens never travel in a query. */
export function defaultResponseMode(type: ResponseType): 'query' | 'fragment' {
  return type === 'code' ? 'query' : 'fragment';
}
