import { OAuthError, RESPONSE_MODES } from '@grantway/protocol';
import { authorizationError, authorizationResponse, type ResponseTarget } from './authorization-response.js';

const ISSUER = 'https://login.example/acme/as';
const to = (target: Partial<ResponseTarget> = {}): ResponseTarget => ({
  redirectUri: 'https://rp.example/cb',
  responseMode: 'query',
  state: 's-1',
  issuer: ISSUER,
  ...target,
});

/** What the client would read of an answer, wherever it stands. */
function readBy(
  target: ResponseTarget,
  reply: ReturnType<typeof authorizationResponse>,
): [string, Record<string, string>] {
  if (reply.kind === 'form_post') return [reply.action, { ...reply.fields }];
  if (reply.kind === 'json') return [String(target.redirectUri), { ...answerIn(reply.body) }];
  if (reply.kind !== 'redirect') throw new Error(`a ${reply.kind} is no answer to a client`);
  const url = new URL(reply.location);
  const params = target.responseMode === 'fragment' ? new URLSearchParams(url.hash.slice(1)) : url.searchParams;
  return [`${url.origin}${url.pathname}`, Object.fromEntries(params)];
}

/** PingOne's mode: success within the flow, an error as any endpoint tells it. */
function answerIn(body: unknown): Record<string, string> {
  const { authorizeResponse } = body as { authorizeResponse?: Record<string, string> };
  return authorizeResponse ?? (body as Record<string, string>);
}

describe('authorization response', () => {
  it.each(RESPONSE_MODES)('AZ-09 A17 %s: code, state and iss', (responseMode) => {
    const target = to({ responseMode });
    const answer = authorizationResponse(target, { code: 'c' });
    expect(readBy(target, answer)).toEqual(['https://rp.example/cb', { code: 'c', state: 's-1', iss: ISSUER }]);
    expect(answer.headers).toEqual({ 'cache-control': 'no-store' });
  });

  it.each(RESPONSE_MODES)('AZ-09 A17 %s: an error carries iss as well', (responseMode) => {
    const target = to({ responseMode });
    const error = new OAuthError('invalid_scope', { description: 'scope is malformed', reason: 'internal' });
    expect(readBy(target, authorizationError(target, error))[1]).toEqual({
      error: 'invalid_scope',
      error_description: 'scope is malformed',
      state: 's-1',
      iss: ISSUER,
    });
  });

  it.each(RESPONSE_MODES)(
    'RFC 6749 §4.1.2.1 %s: state goes back byte for byte, and is not invented',
    (responseMode) => {
      for (const state of ['"><script>x</script>', 'a b&c=d#e%20+é\u{1F600}', ' ', '0']) {
        const target = to({ responseMode, state });
        expect(readBy(target, authorizationResponse(target, { code: 'c' }))[1]['state']).toBe(state);
      }
      const none = to({ responseMode, state: undefined });
      expect(readBy(none, authorizationResponse(none, { code: 'c' }))[1]).not.toHaveProperty('state');
    },
  );

  it('RFC 6749 §3.1.2 a query that was registered stays', () => {
    const target = to({ redirectUri: 'https://rp.example/cb?tenant=1' });
    const [, params] = readBy(target, authorizationResponse(target, { code: 'c' }));
    expect(params).toEqual({ tenant: '1', code: 'c', state: 's-1', iss: ISSUER });
    const fragment = to({ redirectUri: 'https://rp.example/cb?tenant=1', responseMode: 'fragment' });
    expect(authorizationResponse(fragment, { code: 'c' })).toMatchObject({
      location: expect.stringMatching(/^https:\/\/rp\.example\/cb\?tenant=1#code=c&/),
    });
  });

  it('RFC 8252 §7.1 an app’s own scheme is answered where it is', () => {
    const target = to({ redirectUri: 'com.example.app:/cb' });
    expect(authorizationResponse(target, { code: 'c' })).toMatchObject({
      location: expect.stringMatching(/^com\.example\.app:\/cb\?code=c&/),
    });
  });

  it('AZ-11 nothing in an answer can leave its place', () => {
    const target = to({ state: '\r\nSet-Cookie: x=1' });
    const { location } = authorizationResponse(target, { code: 'c' }) as { location: string };
    expect(location).toMatch(/^[\x21-\x7e]+$/);
  });

  it('RFC 6749 §4.1.2.1 a description is printable ASCII', () => {
    const target = to();
    const error = new OAuthError('invalid_request', { description: 'é"\\\n' });
    expect(readBy(target, authorizationError(target, error))[1]['error_description']).toBe('????');
  });
});
