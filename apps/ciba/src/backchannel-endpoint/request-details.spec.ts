import { aClient, anEnvironment } from '@grantway/testing';
import {
  readAcrValues,
  readBindingMessage,
  readLifetime,
  readNotificationToken,
  requireOpenId,
} from './request-details.js';

const form = (params: Record<string, string>) => ({ params: new Map(Object.entries(params)), resources: [] });

describe('details of a backchannel request', () => {
  it.each(['W4SCT', 'Zahlung 17,20 €', '支払い', 'أوافق', '👍 🏽', 'x'.repeat(256), '🙂'.repeat(256)])(
    'B5 %s may be shown',
    (binding_message) => {
      expect(readBindingMessage(form({ binding_message }))).toBe(binding_message);
    },
  );

  it.each([
    ['too long', 'x'.repeat(257)],
    ['of two lines', 'a\nb'],
    ['with a line separator', 'a\u2028b'],
    ['with a paragraph separator', 'a\u2029b'],
    ['with a control character', 'a\u0007b'],
    ['with a NUL', 'a\0b'],
    ['with a direction override', 'a\u202eb'],
    ['with a direction isolate', 'a\u2066b'],
    ['with a letter nobody sees', 'a\u200bb'],
    ['with half a character', 'a\ud83d'],
    ['with a private letter', 'a\ue000'],
    ['of blanks', ' \u3000 '],
  ])('B5 one %s may not', (_what, binding_message) => {
    expect(() => readBindingMessage(form({ binding_message }))).toThrow(
      expect.objectContaining({ code: 'invalid_binding_message' }),
    );
  });

  it.each([
    [undefined, 300],
    ['1', 1],
    ['0', 1],
    ['00120', 120],
    ['600', 600],
    ['601', 600],
    ['9'.repeat(400), 600],
  ])('B13 requested_expiry %s lives %d s', (requested_expiry, expected) => {
    const params = requested_expiry === undefined ? {} : { requested_expiry };
    expect(readLifetime(form(params), anEnvironment())).toBe(expected);
  });

  it.each(['-1', '1.5', '1e3', ' 1', 'soon', '١٢'])('B1 requested_expiry %p is none', (requested_expiry) => {
    expect(() => readLifetime(form({ requested_expiry }), anEnvironment())).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });

  it.each([{}, { scope: 'profile' }, { scope: 'OpenID' }])('B1 %p lacks openid', (params) => {
    expect(() => requireOpenId(form(params as Record<string, string>))).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });

  it('B2 a malformed scope is left to those who say invalid_scope', () => {
    expect(() => requireOpenId(form({ scope: 'open"id' }))).not.toThrow();
    expect(() => requireOpenId(form({ scope: 'profile openid' }))).not.toThrow();
  });

  it('OIDC Core §3.1.2.1 acr_values are a list of wishes, of some length', () => {
    expect(readAcrValues(form({ acr_values: 'a  b' }))).toEqual(['a', 'b']);
    expect(readAcrValues(form({}))).toEqual([]);
    expect(() => readAcrValues(form({ acr_values: 'a '.repeat(21) }))).toThrow();
  });

  describe('client_notification_token', () => {
    const client = (delivery: 'poll' | 'ping' | 'push') =>
      aClient({ backchannel: { delivery, userCode: false, signedRequests: false } });

    it('CIBA Core §7.1 is for ping and push, and needs 128 bits', () => {
      const client_notification_token = 'aB-._~+/'.repeat(3);
      for (const delivery of ['ping', 'push'] as const) {
        const read = readNotificationToken(form({ client_notification_token }), client(delivery));
        expect(read).toBe(client_notification_token);
      }
      expect(readNotificationToken(form({ client_notification_token }), client('poll'))).toBeUndefined();
    });

    it.each([
      undefined,
      'x'.repeat(21),
      'x'.repeat(1_025),
      `${'x'.repeat(30)}"`,
      `${'x'.repeat(30)}\r\nx: y`,
      'ü'.repeat(30),
    ])('CIBA Core §7.1 %p is none', (token) => {
      const params = token === undefined ? {} : { client_notification_token: token };
      expect(() => readNotificationToken(form(params as Record<string, string>), client('ping'))).toThrow(
        expect.objectContaining({ code: 'invalid_request' }),
      );
    });
  });
});
