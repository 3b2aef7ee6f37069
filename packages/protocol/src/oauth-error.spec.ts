import { errorBody, OAUTH_ERRORS, OAuthError, type OAuthErrorCode } from './oauth-error.js';

const CODES = Object.keys(OAUTH_ERRORS) as OAuthErrorCode[];

describe('error catalogue', () => {
  it.each(CODES)('house: %s has a status and the place that defines it', (code) => {
    const { status, spec } = OAUTH_ERRORS[code];
    expect([400, 401, 403, 429, 500, 503]).toContain(status);
    expect(spec).toMatch(
      /^(RFC \d+ §[\d.]+|(OIDC|CIBA) Core §[\d.]+|OpenID Unmet Authentication Requirements §2|House rule)$/,
    );
    expect(new OAuthError(code).status).toBe(status);
    expect(new OAuthError(code, { status: 418 }).status).toBe(418);
  });

  it.each(CODES)('RFC 6749 §5.2 %s is spelled in characters an error may have', (code) => {
    expect(code).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  });

  it.each([
    ['invalid_client', 401],
    ['invalid_grant', 400],
    ['invalid_scope', 400],
    ['unauthorized_client', 400],
    ['unsupported_grant_type', 400],
    ['invalid_target', 400],
    ['invalid_token', 401],
    ['insufficient_scope', 403],
    ['temporarily_unavailable', 503],
    ['too_many_requests', 429],
  ] as const)('X8 %s is answered %i', (code, status) => {
    expect(new OAuthError(code).status).toBe(status);
  });
});

describe('error body', () => {
  it('RFC 6749 §5.2 a code alone', () => {
    expect(errorBody(new OAuthError('invalid_grant'))).toEqual({ error: 'invalid_grant' });
  });

  it('RFC 6749 §5.2 a description is printable ASCII without quote and backslash', () => {
    const description = 'a"b\\c\r\nSet-Cookie: x=1\t\0é\u{1F600}~ !';
    expect(errorBody(new OAuthError('invalid_request', { description }))).toEqual({
      error: 'invalid_request',
      error_description: 'a?b?c??Set-Cookie: x=1?????~ !',
    });
  });

  it('X8 reason and cause stop at our logs', () => {
    const error = new OAuthError('server_error', { reason: 'grant.broken', cause: new Error('db.internal:5432') });
    expect(errorBody(error)).toEqual({ error: 'server_error' });
    expect(error.message).toBe('grant.broken');
    expect(error.cause).toMatchObject({ message: 'db.internal:5432' });
  });
});
