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
  unsupported_token_type: { status: 400, spec: 'RFC 7009 §2.2.1' },
  invalid_authorization_details: { status: 400, spec: 'RFC 9396 §5' },
  // device authorization and backchannel authentication
  authorization_pending: { status: 400, spec: 'RFC 8628 §3.5' },
  slow_down: { status: 400, spec: 'RFC 8628 §3.5' },
  expired_token: { status: 400, spec: 'RFC 8628 §3.5' },
  expired_login_hint_token: { status: 400, spec: 'CIBA Core §13' },
  unknown_user_id: { status: 400, spec: 'CIBA Core §13' },
  missing_user_code: { status: 400, spec: 'CIBA Core §13' },
  invalid_user_code: { status: 400, spec: 'CIBA Core §13' },
  invalid_binding_message: { status: 400, spec: 'CIBA Core §13' },
  transaction_failed: { status: 400, spec: 'CIBA Core §12' },
  // authorization endpoint
  access_denied: { status: 400, spec: 'RFC 6749 §4.1.2.1' },
  unsupported_response_type: { status: 400, spec: 'RFC 6749 §4.1.2.1' },
  server_error: { status: 500, spec: 'RFC 6749 §4.1.2.1' },
  temporarily_unavailable: { status: 503, spec: 'RFC 6749 §4.1.2.1' },
  interaction_required: { status: 400, spec: 'OIDC Core §3.1.2.6' },
  login_required: { status: 400, spec: 'OIDC Core §3.1.2.6' },
  consent_required: { status: 400, spec: 'OIDC Core §3.1.2.6' },
  account_selection_required: { status: 400, spec: 'OIDC Core §3.1.2.6' },
  unmet_authentication_requirements: { status: 400, spec: 'OpenID Unmet Authentication Requirements §2' },
  invalid_request_object: { status: 400, spec: 'RFC 9101 §7' },
  invalid_request_uri: { status: 400, spec: 'RFC 9101 §7' },
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
  /** Whom it concerns, where that is known to be somebody; stops at our logs and audit events. */
  readonly about?: ErrorSubject;
  /** Seconds, sent as `Retry-After`. */
  readonly retryAfter?: number;
  /** Where an endpoint's own specification gives the code another status. */
  readonly status?: number;
}

/** Ids of things that are there, never what somebody typed: they may have typed a secret. Named as log fields are. */
export interface ErrorSubject {
  readonly client_id?: string;
  readonly sub?: string;
  readonly authorization_id?: string;
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

  /** Also where a grant brings a protocol package of its own, so that its errors are of another class of this name. */
  static is(error: unknown): error is OAuthError {
    if (error instanceof OAuthError) return true;
    return (
      error instanceof Error &&
      error.name === 'OAuthError' &&
      Object.hasOwn(OAUTH_ERRORS, String(Reflect.get(error, 'code')))
    );
  }

  get status(): number {
    return this.detail.status ?? OAUTH_ERRORS[this.code].status;
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
