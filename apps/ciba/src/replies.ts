import { HttpCall, HttpReply } from '@grantway/contracts';
import { NO_STORE } from '@grantway/platform';

interface ApiError {
  readonly status: 400 | 401 | 403 | 404 | 409;
  readonly code: 'INVALID_REQUEST' | 'ACCESS_FAILED' | 'NOT_FOUND' | 'CONFLICT';
  readonly message: string;
  readonly detail?: string;
}

/** An error of the JSON API, in PingOne's words (seeds 1.3). */
export function apiError({ requestId }: HttpCall, { status, code, message, detail }: ApiError): HttpReply {
  const details = detail === undefined ? [] : [{ code: 'INVALID_VALUE', target: 'Content-Type', message: detail }];
  return { kind: 'json', status, headers: NO_STORE, body: { id: requestId, code, message, details } };
}
