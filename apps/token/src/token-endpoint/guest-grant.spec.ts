import type { Issuance } from '@grantway/grant-sdk';
import { OAuthError, ScopeSet } from '@grantway/protocol';
import { anAuthorization } from '@grantway/testing';
import { GuestGrant } from './guest-grant.js';

const OPTIONS = { type: 'urn:example:ticket', params: class {}, clients: 'any' as const };
const guest = (handle: () => Promise<unknown>) =>
  new GuestGrant(OPTIONS, { handle: handle as () => Promise<Issuance> });
const ask = (handle: () => Promise<unknown>) => guest(handle).handler.handle({} as never);

/** As another copy of the protocol package would make it. */
const foreign = Object.assign(new Error('ticket.spent'), {
  ...{ name: 'OAuthError', code: 'invalid_grant', detail: { reason: 'ticket.spent', description: 'not valid' } },
});
const SILENT = { code: 'temporarily_unavailable', detail: { reason: 'grant.fault', retryAfter: 1 } };

describe('GuestGrant', () => {
  it('house: its refusals are what the client is told, whichever copy of the protocol package made them', async () => {
    const own = new OAuthError('access_denied');
    await expect(ask(() => Promise.reject(own))).rejects.toBe(own);
    const told = await ask(() => Promise.reject(foreign)).catch((error: unknown) => error);
    expect(told).toBeInstanceOf(OAuthError);
    expect(told).toMatchObject({ code: 'invalid_grant', detail: foreign.detail });
  });

  it.each([
    ['an outage', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })],
    ['a bug', new TypeError('x is undefined')],
    ['no error at all', 'oops'],
    ['what only looks like a refusal', Object.assign(new Error(), { name: 'OAuthError', code: 'made_up' })],
  ])('I4 house: %s is 503, and no verdict', async (_what, thrown) => {
    await expect(ask(() => Promise.reject(thrown))).rejects.toMatchObject({ ...SILENT, cause: thrown });
  });

  it('house: a scope of another class becomes one of ours', async () => {
    const scope = new Set(['openid', 'orders:read']);
    const { authorization } = await ask(async () => ({ authorization: { ...anAuthorization(), scope } }));
    expect(authorization.scope).toBeInstanceOf(ScopeSet);
    expect(authorization.scope.toArray()).toEqual(['openid', 'orders:read']);
  });

  it('house: a rule that it breaks is 503 as well, and it is believed no more than one of another process', () => {
    expect(guest(async () => ({})).fault(new Error('it set a claim'))).toMatchObject(SILENT);
    expect(guest(async () => ({})).remote).toBe(true);
  });
});
