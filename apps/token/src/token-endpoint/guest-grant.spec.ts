import type { Issuance } from '@grantway/grant-sdk';
import { OAuthError, ScopeSet } from '@grantway/protocol';
import { anAuthorization } from '@grantway/testing';
import { GuestGrant } from './guest-grant.js';

const OPTIONS = { type: 'urn:example:ticket', params: class {}, clients: 'any' as const };
const guest = (handle: () => Promise<unknown>, options: object = {}) =>
  new GuestGrant({ ...OPTIONS, ...options }, { handle: handle as () => Promise<Issuance> });
const ask = (handle: () => Promise<unknown>) => guest(handle).handler.handle({} as never);

/** As another copy of the protocol package would make it. */
const foreign = Object.assign(new Error('ticket.spent'), {
  ...{ name: 'OAuthError', code: 'invalid_grant', detail: { reason: 'ticket.spent', description: 'not valid' } },
});
const SILENT = { code: 'temporarily_unavailable', detail: { reason: 'grant.fault', retryAfter: 1 } };

describe('GuestGrant', () => {
  it.each([
    ['our own', new OAuthError('invalid_grant', foreign.detail)],
    ['another', foreign],
  ])(
    'house: its refusals are what the client is told, made by %s copy of the protocol package',
    async (_whose, error) => {
      const told = await ask(() => Promise.reject(error)).catch((error: unknown) => error);
      expect(told).toBeInstanceOf(OAuthError);
      expect(told).toMatchObject({ code: 'invalid_grant', detail: foreign.detail });
    },
  );

  it.each([
    ['an outage', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })],
    ['a bug', new TypeError('x is undefined')],
    ['no error at all', 'oops'],
    ['what only looks like a refusal', Object.assign(new Error(), { name: 'OAuthError', code: 'made_up' })],
  ])('I4 house: %s is 503, and no verdict', async (_what, thrown) => {
    await expect(ask(() => Promise.reject(thrown))).rejects.toMatchObject({ ...SILENT, cause: thrown });
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no authorization', {}],
    ['no subject', { authorization: { ...anAuthorization(), subject: undefined } }],
    ['no scope', { authorization: { ...anAuthorization(), scope: undefined } }],
    ['a subject that is no text', { authorization: { ...anAuthorization(), subject: { kind: 'user', id: 7 } } }],
    ['what it may not spend', { authorization: anAuthorization(), spend: { deviceCode: crypto.randomUUID() } }],
    ['claims that reach a prototype', { authorization: anAuthorization(), claims: JSON.parse('{"__proto__":{}}') }],
  ])('design §5 an answer with %s is 503, as from another process', async (_what, answer) => {
    await expect(ask(async () => answer)).rejects.toMatchObject(SILENT);
  });

  it.each(['server_error', 'invalid_client'] as const)('design §5 %s is not its to say', async (code) => {
    await expect(ask(() => Promise.reject(new OAuthError(code)))).rejects.toMatchObject(SILENT);
  });

  it('house: a scope of another class becomes one of ours', async () => {
    const scope = { toString: () => 'openid orders:read' };
    const { authorization } = await ask(async () => ({ authorization: { ...anAuthorization(), scope } }));
    expect(authorization.scope).toBeInstanceOf(ScopeSet);
    expect(authorization.scope.toArray()).toEqual(['openid', 'orders:read']);
  });

  it('house: a rule that it breaks is 503 as well, and it is believed no more than one of another process', () => {
    expect(guest(async () => ({})).fault(new Error('it set a claim'))).toMatchObject(SILENT);
    expect(guest(async () => ({})).remote).toBe(true);
  });

  it.each([
    ['under another slug', { slug: 'other' }],
    ['of a type that stays with us', { type: 'refresh_token' }],
    ['that names its clients itself', { clients: 'named-by-grant' }],
  ])('house: one %s stops the start', (_what, options) => {
    expect(() => guest(async () => ({}), options)).toThrow();
  });
});
