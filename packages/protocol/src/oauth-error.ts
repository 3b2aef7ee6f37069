/** Every code that may leave the house, its HTTP status, and the section that defines it. */
export const OAUTH_ERRORS = {
  // token endpoint and its companions
  invalid_request: { status: 400, spec: 'RFC 6749 §5.2' },
  invalid_client: { status: 401, spec: 'RFC 6749 §5.2' },
  invalid_grant: { status: 400, spec: 'RFC 6749 §5.2' },
  unauthorized_client: { status: 400, spec: 'RFC 6749 §5.2' },
  unsupported_grant_type: { status: 400, spec: 'RFC 6749 §5.2' },
  invalid_scope: { status: 400, spec: 'RFC 6749 §5.2' },
  invalid_target: { status: 400, spec: 'RFC 8707 §2' },
  // authorization endpoint
  access_denied: { status: 400, spec: 'RFC 6749 §4.1.2.1' },
  unsupported_response_type: { status: 400, spec: 'RFC 6749 §4.1.2.1' },
  server_error: { status: 500, spec: 'RFC 6749 §4.1.2.1' },
  temporarily_unavailable: { status: 503, spec: 'RFC 6749 §4.1.2.1' },
  interaction_required: { status: 400, spec: 'OIDC Core §3.1.2.6' },
  login_required: { status: 400, spec: 'OIDC Core §3.1.2.6' },
  consent_required: { status: 400, spec: 'OIDC Core §3.1.2.6' },
  request_not_supported: { status: 400, spec: 'OIDC Core §3.1.2.6' },
  request_uri_not_supported: { status: 400, spec: 'OIDC Core §3.1.2.6' },
  registration_not_supported: { status: 400, spec: 'OIDC Core §3.1.2.6' },
  // protected resources
  invalid_token: { status: 401, spec: 'RFC 6750 §3.1' },
  insufficient_scope: { status: 403, spec: 'RFC 6750 §3.1' },
  // house codes, for what no specification names
  too_many_requests: { status: 429, spec: 'House rule' },
} as const satisfies Record<string, { status: number; spec: string }>;

export type OAuthErrorCode = keyof typeof OAUTH_ERRORS;

export interface OAuthErrorDetail {
  /** Reaches the client as `error_description`: ASCII without `"` and `\` (RFC 6749 §5.2). */
  readonly description?: string;
  /** Stops at our logs; a dotted word such as `authorization_code.expired`. */
  readonly reason?: string;
  readonly cause?: unknown;
  /** Seconds, sent as `Retry-After`. */
  readonly retryAfter?: number;
}

/** `code` and `description` reach the client; `reason` and `cause` stop at our logs. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';

  constructor(
    readonly code: OAuthErrorCode,
    readonly detail: OAuthErrorDetail = {},
  ) {
    super(detail.reason ?? detail.description ?? code, { cause: detail.cause });
  }

  get status(): number {
    return OAUTH_ERRORS[this.code].status;
  }
}

/** The JSON body of an error reply (RFC 6749 §5.2). */
export function errorBody(error: OAuthError): Record<string, string> {
  const { description } = error.detail;
  return description ? { error: error.code, error_description: printable(description) } : { error: error.code };
}

/** RFC 6749 §5.2: %x20-21 / %x23-5B / %x5D-7E; anything else could break a header or a log line. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?');
}
