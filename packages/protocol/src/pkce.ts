import { createHash } from 'node:crypto';

export const CODE_CHALLENGE_METHODS = ['S256', 'plain'] as const;
export type CodeChallengeMethod = (typeof CODE_CHALLENGE_METHODS)[number];

/** RFC 7636 §4.1, §4.2: 43 to 128 unreserved characters, for verifier and challenge alike. */
const UNRESERVED = /^[A-Za-z0-9\-._~]{43,128}$/;

export function isPkceValue(value: string): boolean {
  return UNRESERVED.test(value);
}

/** RFC 7636 §4.6: the challenge a verifier must hash to. */
export function codeChallenge(verifier: string, method: CodeChallengeMethod): string {
  return method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url');
}
