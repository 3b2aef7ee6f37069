import { HttpReply } from '@grantway/contracts';
import { errorBody, OAuthError } from '@grantway/protocol';

/** RFC 6749 §5.1: no answer of these endpoints may be kept. */
export const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' } as const;

/** RFC 6749 §5.2; `challenge` is the scheme to try when the client used HTTP authentication. */
export function errorReply(error: OAuthError, challenge?: string): HttpReply {
  return {
    kind: 'json',
    status: error.status,
    headers: {
      ...NO_STORE,
      ...(challenge && { 'www-authenticate': challenge }),
      ...(error.detail.retryAfter !== undefined && { 'retry-after': String(error.detail.retryAfter) }),
    },
    body: errorBody(error),
  };
}
