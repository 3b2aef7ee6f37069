import type { HttpCall, HttpReply, PageReply } from '@grantway/contracts';
import { csrfToken, Standings } from '@grantway/domain';
import { createLogger, EventLog } from '@grantway/platform';
import { GrantType } from '@grantway/protocol';
import {
  aCall,
  aClient,
  aNewBackchannelRequest,
  anEnvironment,
  aPost,
  aResource,
  aUser,
  MemoryStores,
} from '@grantway/testing';
import { CibaConfig } from '../ciba.config.js';
import { Approvals } from './approvals.js';
import { ApprovalsApi } from './approvals-api.js';
import { ApprovalsPages } from './approvals-pages.js';

const PUBLIC_URL = 'https://login.example';
const BROWSER = 'b'.repeat(43);
const grantTypes = [GrantType.Ciba];
const environment = anEnvironment({ grantTypes });

/** Page and API over memory stores; alice is signed on, bob as well, and the till asks alice. */
async function house() {
  const stores = new MemoryStores();
  stores.resources.add(aResource());
  stores.users.add(aUser());
  stores.users.add(aUser({ id: 'user-bob', username: 'bob' }));
  stores.clients.add(aClient({ id: 'till', name: 'Till', grantTypes }));
  const sign = async (userId: string) => {
    const session = { environmentId: 'acme', userId, acr: 'Single_Factor', amr: ['pwd'], idle: 600, absolute: 600 };
    return { session: (await stores.sessions.create(session)).handle, browser: BROWSER };
  };
  const [alice, bob] = [await sign('user-alice'), await sign('user-bob')];
  const config = Object.assign(new CibaConfig(), { publicUrl: PUBLIC_URL });
  const approvals = new Approvals(stores.backchannel, stores.clients, stores.resources);
  const standings = new Standings(stores.sessions, stores.users);
  const log = new EventLog(createLogger('test', 'silent'));
  const pages = new ApprovalsPages(config, standings, approvals, stores.flows, log);
  const api = new ApprovalsApi(config, standings, approvals, log);
  const asked = await stores.backchannel.start(aNewBackchannelRequest({ bindingMessage: 'W4SCT' }), {
    perUser: 9,
    perClient: 9,
  });
  const id = 'id' in asked ? asked.id : '';
  const form = { request: id, csrf: csrfToken(BROWSER, id), verdict: 'approve' };
  const submit = (changes: Partial<typeof form> = {}, call: Partial<HttpCall> = {}) =>
    pages.submit(aPost({ ...form, ...changes }, { cookies: alice, ...call }), environment);
  const stateOf = async () => (await stores.backchannel.find('acme', id, 'user-alice'))?.state;
  return { stores, pages, api, alice, bob, id, submit, stateOf };
}

const statusOf = (reply: HttpReply) => ('status' in reply ? reply.status : 303);

describe('the approvals page', () => {
  it('B12 shows client, scopes and message, with a token of its own for each request', async () => {
    const { pages, alice, id } = await house();
    const { page, headers } = (await pages.show(aCall({ cookies: alice }), environment)) as PageReply;
    expect(page).toMatchObject({
      ...{ page: 'approvals', username: 'alice', action: '/acme/approvals' },
      requests: [{ id, clientName: 'Till', bindingMessage: 'W4SCT', csrf: csrfToken(BROWSER, id) }],
    });
    expect(headers).toMatchObject({ 'cache-control': 'no-store', refresh: expect.stringMatching(/^\d+$/) });
  });

  it('house: nobody signed on: a flow begins that comes back here, bound to the browser', async () => {
    const { pages, stores } = await house();
    const reply = await pages.show(aCall(), environment);
    const [, flowId = ''] = /^\/acme\/signon\?flowId=(.+)$/.exec('location' in reply ? reply.location : '') ?? [];
    expect(await stores.flows.find('acme', flowId)).toMatchObject({
      status: 'USERNAME_PASSWORD_REQUIRED',
      purpose: { kind: 'sign_on', returnTo: 'approvals' },
    });
    expect(reply.cookies).toMatchObject([{ name: 'browser' }]);
  });

  it.each([
    ['approve', 'approved'],
    ['deny', 'denied'],
  ])('CB-08 %s: 303 to what became of it', async (verdict, state) => {
    const { submit, stateOf, id } = await house();
    expect(await submit({ verdict })).toMatchObject({ kind: 'redirect', location: `/acme/approvals?answered=${id}` });
    expect(await stateOf()).toBe(state);
  });

  it('CB-08 what was approved: the asked scope, by this session', async () => {
    const { submit, stores, id } = await house();
    let approved: unknown;
    const { backchannel } = stores;
    const decide = backchannel.decide.bind(backchannel);
    backchannel.decide = (environmentId, request, userId, authorization) => {
      approved = authorization;
      return decide(environmentId, request, userId, authorization);
    };
    await submit();
    expect(approved).toMatchObject({
      subject: { kind: 'user', id: 'user-alice' },
      authentication: { acr: 'Single_Factor', amr: ['pwd'], sessionId: expect.any(String), time: expect.any(Date) },
    });
    expect(id).not.toBe('');
  });

  it.each([
    ['no token', { csrf: '' }, {}],
    ['a wrong token', { csrf: 'x' }, {}],
    ['another origin', {}, { origin: 'https://evil.example' }],
    ['another site', {}, { fetchSite: 'cross-site' as const }],
  ])('CB-08 AZ-15 %s: 403, and nothing is decided', async (_what, changes, call) => {
    const { submit, stateOf } = await house();
    expect(statusOf(await submit(changes, call))).toBe(403);
    expect(await stateOf()).toBe('pending');
  });

  it.each(['constructor', 'toString', '__proto__', 'Approve', ''])('house: %j is no verdict', async (verdict) => {
    const { submit, stateOf } = await house();
    expect(statusOf(await submit({ verdict }))).toBe(400);
    expect(await stateOf()).toBe('pending');
  });

  it('CB-08 another user, even in this browser: 403, and nothing is decided', async () => {
    const { submit, stateOf, bob } = await house();
    expect(statusOf(await submit({}, { cookies: bob }))).toBe(403);
    expect(await stateOf()).toBe('pending');
  });

  it('CB-08 a belated answer changes nothing, and the page tells what counts', async () => {
    const { submit, stateOf, pages, alice, id } = await house();
    await submit({ verdict: 'deny' });
    await submit();
    expect(await stateOf()).toBe('denied');
    const call = aCall({ cookies: alice, query: { answered: [id] } });
    const { page } = (await pages.show(call, environment)) as PageReply;
    expect(page).toMatchObject({ requests: [], answered: { clientName: 'Till', outcome: 'denied' } });
  });

  it('house: an address cannot make the page say what is not so', async () => {
    const { pages, alice, id } = await house();
    for (const answered of [id, 'nonsense']) {
      const reply = await pages.show(aCall({ cookies: alice, query: { answered: [answered] } }), environment);
      expect((reply as PageReply).page).not.toHaveProperty('answered');
    }
  });
});

describe('the approvals API', () => {
  const act = (id: string, cookies: HttpCall['cookies'], changes: Partial<HttpCall> = {}) =>
    aCall({ method: 'POST', id, action: 'approve', origin: PUBLIC_URL, cookies, ...changes });

  it('CB-08 answers once; then 409', async () => {
    const { api, alice, id, stateOf } = await house();
    expect(statusOf(await api.decide(act(id, alice), environment))).toBe(200);
    expect(statusOf(await api.decide(act(id, alice, { action: 'deny' }), environment))).toBe(409);
    expect(await stateOf()).toBe('approved');
  });

  it.each([
    ['without an origin', { origin: undefined }, 403],
    ['from another origin', { origin: 'https://evil.example' }, 403],
    ['without a session', { cookies: {} }, 401],
    ['about nothing', { id: 'nothing' }, 404],
    ['with a strange action', { action: 'perhaps' }, 400],
  ])('CB-08 %s: %p', async (_what, changes, status) => {
    const { api, alice, id, stateOf } = await house();
    const call = { ...act(id, alice), ...changes } as HttpCall;
    expect(statusOf(await api.decide(call, environment))).toBe(status);
    expect(await stateOf()).toBe('pending');
  });

  it('CB-08 another user’s request is unknown, and not listed', async () => {
    const { api, bob, id, stateOf } = await house();
    expect(statusOf(await api.decide(act(id, bob), environment))).toBe(404);
    expect(await stateOf()).toBe('pending');
    expect(await api.list(aCall({ cookies: bob }), environment)).toMatchObject({ body: { count: 0 } });
  });
});
