/** OAuth 2.0 Multiple Response Types §2, §5; Form Post Response Mode §2. */
export const RESPONSE_TYPES = ['code'] as const;
export type ResponseType = (typeof RESPONSE_TYPES)[number];

export const RESPONSE_MODES = ['query', 'fragment', 'form_post'] as const;
export type ResponseMode = (typeof RESPONSE_MODES)[number];

/**
 * `response_type` is a set of words in any order (Multiple Response Types §3); this is its sorted spelling.
 */
export function canonicalResponseType(value: string): string {
  return value.split(' ').filter(Boolean).sort().join(' ');
}

/** Whether a well-formed `response_type` names one that some authorization server could offer. */
export function isKnownResponseType(canonical: string): boolean {
  return ['code', 'token', 'id_token', 'id_token token', 'code id_token', 'code token', 'code id_token token'].includes(
    canonical,
  );
}
