import { Endpoint, ErrorPageKind, HttpReply } from '@grantway/contracts';

/** Trouble the door itself tells, before or instead of a service. */
export interface Trouble {
  readonly status: number;
  readonly page: ErrorPageKind;
  readonly error: string;
  readonly description: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Seconds: long enough for a pod to be replaced, short enough for a person to wait. */
const RETRY_AFTER = 1;

export const TROUBLE = {
  notFound: { status: 404, page: 'not_found', error: 'not_found', description: 'nothing is served here' },
  method: { status: 405, page: 'method', error: 'invalid_request', description: 'method not allowed' },
  malformed: { status: 400, page: 'bad_request', error: 'invalid_request', description: 'the request is malformed' },
  mediaType: {
    status: 400,
    page: 'bad_request',
    error: 'invalid_request',
    description: 'the body must be application/x-www-form-urlencoded',
  },
  tooLarge: { status: 413, page: 'too_large', error: 'invalid_request', description: 'the body is too large' },
  uriTooLong: { status: 414, page: 'too_large', error: 'invalid_request', description: 'the address is too long' },
  // I4: never a verdict.
  unavailable: {
    status: 503,
    page: 'unavailable',
    error: 'temporarily_unavailable',
    description: 'try again in a moment',
    headers: { 'retry-after': String(RETRY_AFTER) },
  },
  // Nobody can be asked through this gateway: who keeps a connection to it is sent to another one.
  cutOff: {
    status: 503,
    page: 'unavailable',
    error: 'temporarily_unavailable',
    description: 'try again in a moment',
    headers: { 'retry-after': String(RETRY_AFTER), connection: 'close' },
  },
  fault: { status: 500, page: 'fault', error: 'server_error', description: 'something broke on our side' },
} as const satisfies Record<string, Trouble>;

/** As a page for a person, as JSON for a client library. */
export function troubleReply(trouble: Trouble, audience: Endpoint['audience'], requestId: string): HttpReply {
  const { status, page, error, description } = trouble;
  const headers = { 'cache-control': 'no-store', ...trouble.headers };
  if (audience === 'client') {
    return { kind: 'json', status, headers, body: { error, error_description: description } };
  }
  const retryAfter = status === 503 ? { retryAfter: RETRY_AFTER } : {};
  return {
    kind: 'page',
    status,
    headers,
    page: { page: 'error', kind: page, status, code: error, description, requestId, ...retryAfter },
  };
}
