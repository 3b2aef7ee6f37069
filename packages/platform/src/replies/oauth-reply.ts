import { HttpCall, HttpReply } from '@grantway/contracts';
import { errorBody, OAuthError } from '@grantway/protocol';

/** RFC 6749 §5.1: what a client is told may not be kept. */
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

/** RFC 6749 §5.2: a client that tried HTTP authentication is told which scheme to use. */
export function clientErrorReply(error: OAuthError, { authorization, environmentId }: HttpCall): HttpReply {
  const usedBasic = error.code === 'invalid_client' && authorization !== undefined;
  return errorReply(error, usedBasic ? `Basic realm="${environmentId}", charset="UTF-8"` : undefined);
}
