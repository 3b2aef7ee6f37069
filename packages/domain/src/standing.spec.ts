import { aNewSession, anEnvironment, aUser, MemoryStores } from '@grantway/testing';
import { Standings } from './standing.js';

const environment = anEnvironment();

async function house() {
  const stores = new MemoryStores();
  stores.users.add(aUser());
  const { session, handle } = await stores.sessions.create(aNewSession());
  return { stores, session, handle, standings: new Standings(stores.sessions, stores.users) };
}

describe('who is at the browser', () => {
  it('house: the user of a live session', async () => {
    const { standings, handle, session } = await house();
    expect(await standings.of(environment, handle)).toMatchObject({
      session: { id: session.id },
      user: { id: 'user-alice' },
    });
  });

  it('SE-03 nobody, for a cookie that is missing, altered or another environment’s', async () => {
    const { standings, handle } = await house();
    for (const cookie of [undefined, '', 'nonsense', `${handle}x`]) {
      expect(await standings.of(environment, cookie)).toBeUndefined();
    }
    expect(await standings.of(anEnvironment({ id: 'other' }), handle)).toBeUndefined();
  });

  it('house: nobody, once the session ended or was idle too long', async () => {
    const ended = await house();
    await ended.stores.sessions.end('acme', ended.session.id);
    expect(await ended.standings.of(environment, ended.handle)).toBeUndefined();
    const idle = await house();
    idle.stores.clock.elapse(environment.lifetimes.sessionIdle);
    expect(await idle.standings.of(environment, idle.handle)).toBeUndefined();
  });

  it.each([
    ['locked', aUser({ status: 'locked' })],
    ['disabled', aUser({ status: 'disabled' })],
    ['CVE-2026-88770 one whose password has to be changed', aUser({ mustChangePassword: true })],
    ['RT-10 one whose password was changed since', aUser({ passwordChangedAt: new Date(Date.UTC(2026, 10, 1, 13)) })],
  ])('X14 nobody, when the user is %s', async (_what, user) => {
    const { standings, handle, stores } = await house();
    stores.users.add(user);
    expect(await standings.of(environment, handle)).toBeUndefined();
  });
});
