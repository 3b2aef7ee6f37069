import { ErrorPageKind, HttpCall, HttpReply } from '@grantway/contracts';
import { OAuthError } from '@grantway/protocol';

const STATUS = {
  bad_request: 400,
  flow_expired: 400,
  other_browser: 403,
  forged: 403,
  not_found: 404,
  method: 405,
  too_large: 413,
  too_many: 429,
  unavailable: 503,
  fault: 500,
} as const satisfies Record<ErrorPageKind, number>;

/** Trouble told to a person, because no redirect can be trusted to carry it. Never a `Location`. */
export function errorPage(call: HttpCall, kind: ErrorPageKind, error?: OAuthError): HttpReply {
  const status = STATUS[kind];
  return {
    kind: 'page',
    status,
    headers: { 'cache-control': 'no-store' },
    page: {
      page: 'error',
      status,
      kind,
      requestId: call.requestId,
      ...(error && { code: error.code }),
      ...(error?.detail.description !== undefined && { description: error.detail.description }),
    },
  };
}
