import { PasswordCheck, SIGN_ON_PER_ADDRESS, SIGN_ON_PER_USER, type User } from '@grantway/domain';
import { grantOptions } from '@grantway/grant-sdk';
import { ScopeSet } from '@grantway/protocol';
import { aClient, aUser, grantHarness, MemoryStores } from '@grantway/testing';
import { PasswordGrant } from './password.grant.js';

const RIGHT = { username: 'alice', password: 'correct horse' };
const WRONG = { ...RIGHT, password: 'wrong' };
const scope = ScopeSet.of('orders:read', 'offline_access');

async function withUser(user: Partial<User> = {}) {
  const stores = new MemoryStores();
  stores.users.add(aUser(user), RIGHT.password);
  const passwords = new PasswordCheck(stores.users, stores.attempts);
  return { ...(await grantHarness(PasswordGrant, { provide: new Map([[PasswordCheck, passwords]]) })), stores };
}

describe('password grant, RFC 6749 §4.3', () => {
  it('W1 the user is the subject, signed on this moment, in no session', async () => {
    const { token } = await withUser();
    const before = Date.now();
    const { issuance } = await token(RIGHT, { scope });
    expect(issuance).toEqual({
      authorization: {
        subject: { kind: 'user', id: 'user-alice' },
        scope,
        resources: [],
        authentication: { time: expect.any(Date), acr: 'Single_Factor', amr: ['pwd'] },
      },
      refreshToken: true,
    });
    expect(issuance.authorization.authentication?.time.getTime()).toBeGreaterThanOrEqual(before);
  });

  it('RT-10 the sign-on is not before the password it was made with, whatever our clock says', async () => {
    const passwordChangedAt = new Date(Date.now() + 60_000);
    const { token } = await withUser({ passwordChangedAt });
    expect((await token(RIGHT, { scope })).issuance.authorization.authentication?.time).toEqual(passwordChangedAt);
  });

  it.each([
    ['username', { password: 'x' }],
    ['password', { username: 'alice' }],
  ])('W1 without %s', async (name, form) => {
    const { token } = await withUser();
    await expect(token(form, { scope })).rejects.toMatchObject({
      code: 'invalid_request',
      detail: { description: `${name} is missing` },
    });
  });

  it.each([
    ['a wrong password', {}, WRONG],
    ['an unknown user', {}, { ...RIGHT, username: 'bob' }],
    ['another environment’s user', { environmentId: 'other' }, RIGHT],
    ['a locked user', { status: 'locked' }, RIGHT],
    ['a disabled user', { status: 'disabled' }, RIGHT],
    ['a user who has not verified their address', { status: 'unverified' }, RIGHT],
    ['a password that must be changed first', { mustChangePassword: true }, RIGHT],
  ] satisfies [string, Partial<User>, object][])('W2 SE-02 %s: one answer', async (_what, user, form) => {
    const { token } = await withUser(user);
    await expect(token(form, { scope })).rejects.toMatchObject({
      code: 'invalid_grant',
      detail: { description: 'the username or password is not valid', reason: 'password.wrong' },
    });
  });

  it('W4 SE-01 the eleventh try for one user waits, also with the right password', async () => {
    const { token } = await withUser();
    for (let tries = 1; tries < SIGN_ON_PER_USER.points; tries++) {
      await expect(token(WRONG, { scope })).rejects.toMatchObject({ code: 'invalid_grant' });
    }
    await expect(token(RIGHT, { scope })).rejects.toMatchObject({
      code: 'too_many_requests',
      detail: { retryAfter: SIGN_ON_PER_USER.block },
    });
  });

  it('W4 SE-01 one address that tries everybody waits, and others do not', async () => {
    const { token } = await withUser();
    for (let tries = 1; tries < SIGN_ON_PER_ADDRESS.points; tries++) {
      await expect(token({ ...WRONG, username: `user-${tries}` }, { scope })).rejects.toMatchObject({
        code: 'invalid_grant',
      });
    }
    await expect(token(RIGHT, { scope })).rejects.toMatchObject({ code: 'too_many_requests' });
    await expect(token(RIGHT, { scope, ip: '192.0.2.2' })).resolves.toBeDefined();
  });

  it('C3 without a scope the client’s default scopes; without those it is refused before the password is tried', async () => {
    const { token, stores } = await withUser();
    const { issuance } = await token(RIGHT, { client: aClient({ defaultScopes: ['orders:read'] }) });
    expect(issuance.authorization.scope.toArray()).toEqual(['orders:read']);
    stores.users.authenticate = () => Promise.reject(new Error('it was tried'));
    await expect(token(RIGHT)).rejects.toMatchObject({ code: 'invalid_scope' });
    await expect(token(RIGHT, { scope })).rejects.toThrow('it was tried');
  });

  it('TX-07 it is for confidential clients alone', () => {
    expect(grantOptions(PasswordGrant)).toMatchObject({ type: 'password', clients: 'confidential' });
  });
});
