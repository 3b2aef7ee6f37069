import type { HttpCall, RedirectReply } from '@grantway/contracts';
import { bindBrowser, type Flow, isBoundTo, Standings } from '@grantway/domain';
import { GrantType } from '@grantway/protocol';
import { aCall, aNewSession, anEnvironment, aPublicClient, aUser, MemoryStores } from '@grantway/testing';
import { DevicePage } from './device-page.js';

const grantTypes = [GrantType.DeviceCode];
const environment = anEnvironment({ grantTypes });

async function house() {
  const stores = new MemoryStores();
  stores.users.add(aUser());
  stores.clients.add(
    aPublicClient({ id: 'tv', grantTypes, device: { refresh: false, pathId: 'living-room' } }),
    aPublicClient({ id: 'off', grantTypes, enabled: false, device: { refresh: false, pathId: 'attic' } }),
    aPublicClient({ id: 'spa' }),
  );
  const page = new DevicePage(stores.clients, new Standings(stores.sessions, stores.users), stores.flows);
  const { handle, session } = await stores.sessions.create(aNewSession());
  const open = async (overrides: Partial<HttpCall> = {}) => {
    const reply = (await page.open(aCall(overrides), environment)) as RedirectReply;
    const flowId = /^\/acme\/signon\?flowId=(.+)$/.exec(reply.location ?? '')?.[1] ?? '';
    return { reply, flow: (await stores.flows.find('acme', flowId)) as Flow };
  };
  return { stores, page, open, session, handle };
}

describe('device page', () => {
  it('D6 somebody not signed on signs on first', async () => {
    const { open } = await house();
    const { reply, flow } = await open();
    expect(flow).toMatchObject({ status: 'USERNAME_PASSWORD_REQUIRED', purpose: { kind: 'device' } });
    expect(reply.headers).toEqual({ 'cache-control': 'no-store' });
    const [cookie] = reply.cookies ?? [];
    expect(cookie).toMatchObject({ name: 'browser', maxAge: expect.any(Number) });
    expect(isBoundTo(flow.browserHash, cookie?.value ?? '')).toBe(true);
  });

  it('D6 D8 somebody signed on enters the code next', async () => {
    const { open, handle, session } = await house();
    const { flow } = await open({ cookies: { session: handle } });
    expect(flow).toMatchObject({ status: 'DAG_USER_CODE_REQUIRED', sessionId: session.id, userId: 'user-alice' });
  });

  it('CVE-2022-39222 a browser keeps the binding it has', async () => {
    const { open } = await house();
    const { cookie } = bindBrowser(undefined);
    const { reply, flow } = await open({ cookies: { browser: cookie } });
    expect(reply.cookies?.[0]?.value).toBe(cookie);
    expect(isBoundTo(flow.browserHash, cookie)).toBe(true);
  });

  it.each([
    ['its path id', 'living-room', 'tv'],
    ['its own id', 'tv', 'tv'],
    ['nobody’s', 'nobody', undefined],
    ['one that is off', 'attic', undefined],
    ['one without the grant', 'spa', undefined],
  ])('D10 by %s', async (_what, id, clientId) => {
    const { open } = await house();
    const { flow } = await open({ id });
    expect(flow.purpose).toEqual({ kind: 'device', ...(clientId && { clientId }) });
  });

  it.each([
    ['fills in the field', ['wdjb-mjht'], 'wdjb-mjht'],
    ['is dropped when it is empty', [''], undefined],
    ['is dropped when it is repeated', ['WDJB-MJHT', 'WDJB-MJHT'], undefined],
    ['may have 64 characters', ['A'.repeat(64)], 'A'.repeat(64)],
    ['is dropped beyond', ['A'.repeat(65)], undefined],
  ])('D6 a code in the address %s', async (_what, codes, userCode) => {
    const { open } = await house();
    const { flow } = await open({ query: { user_code: codes } });
    expect(flow.purpose).toEqual({ kind: 'device', ...(userCode && { userCode }) });
    expect(flow.status).toBe('USERNAME_PASSWORD_REQUIRED');
  });

  it('house: there is no page where there are no devices', async () => {
    const { page } = await house();
    const reply = await page.open(aCall(), anEnvironment());
    expect(reply).toMatchObject({ kind: 'page', status: 404, page: { page: 'error', kind: 'not_found' } });
  });
});
