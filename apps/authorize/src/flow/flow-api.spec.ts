import type { FlowStatus } from '@grantway/domain';
import { bindBrowser, SIGN_ON_PER_USER } from '@grantway/domain';
import { aClient, aNewSession, anAuthorizationRequest, anEnvironment } from '@grantway/testing';
import { BROWSER, FlowHouse, jsonOf, locationOf, PASSWORD, PUBLIC_URL, sessionIn } from '../../test/flow-house.js';

const APP = 'https://shop.example';
const SHOP = aClient({ allowedOrigins: [APP] });

function house(accounts = { recovery: false, registration: false }) {
  const made = new FlowHouse({ clients: [SHOP], environment: anEnvironment({ accounts }) });
  const begin = (request: object = {}, extra: object = {}) =>
    made.begin({ kind: 'authorize', request: anAuthorizationRequest(request) }, extra);
  return { made, begin };
}

const ALICE = { username: 'alice', password: PASSWORD };

describe('the flow as a document', () => {
  it('seeds 1.4 says where it stands, how to go on and whom it is for', async () => {
    const { made, begin } = house();
    const id = await begin();
    const self = { href: `${PUBLIC_URL}/acme/flows/${id}` };
    expect(jsonOf(await made.read(id))).toEqual({
      status: 200,
      body: {
        id,
        status: 'USERNAME_PASSWORD_REQUIRED',
        resumeUrl: `${PUBLIC_URL}/acme/as/resume?flowId=${id}`,
        createdAt: '2026-11-01T12:00:00.000Z',
        expiresAt: '2026-11-01T12:15:00.000Z',
        environment: { id: 'acme' },
        _links: {
          ...{ self, 'usernamePassword.check': self, 'user.lookup': self, 'flow.cancel': self },
          signOnPage: { href: `${PUBLIC_URL}/acme/signon?flowId=${id}` },
        },
        _embedded: { application: { id: 'shop', name: 'Shop' } },
      },
    });
  });

  it('seeds 1.4 the whole way: password, consent, and the answer', async () => {
    const { made, begin } = house();
    const id = await begin();
    const signedOn = await made.act(id, 'usernamePassword.check', ALICE);
    const session = sessionIn(signedOn) ?? '';
    const { body } = jsonOf(signedOn);
    expect(body).toMatchObject({
      status: 'AGREEMENT_CONSENT_REQUIRED',
      session: { id: expect.any(String) },
      _embedded: {
        user: { id: 'user-alice', username: 'alice' },
        scopes: [{ name: 'openid' }, { name: 'orders:read', description: 'See orders' }],
      },
    });
    expect(Object.keys(body._links).sort()).toEqual(['self', 'session.reset', 'signOnPage', 'user.consent']);
    const cookies = { browser: BROWSER, session };
    const done = jsonOf(await made.act(id, 'user.consent', { accept: true }, { cookies })).body;
    expect([done.status, Object.keys(done._links).sort()]).toEqual(['COMPLETED', ['self', 'signOnPage']]);
    expect(JSON.stringify(done)).not.toContain('gwac_');
    expect(locationOf(await made.finish(id, session))).toContain('code=gwac_');
    expect(jsonOf(await made.read(id)).status).toBe(404);
  });

  it.each([
    ['true', 'code'],
    ['false', 'error'],
  ])('seeds 1.4 pi.flow, accept %s: the flow as it ended with the %s in it, once', async (accept, wanted) => {
    const { made, begin } = house();
    const id = await begin({ responseMode: 'pi.flow' });
    const session = sessionIn(await made.act(id, 'usernamePassword.check', ALICE)) ?? '';
    await made.act(id, 'user.consent', { accept }, { cookies: { browser: BROWSER, session } });
    const { status, body } = jsonOf(await made.finish(id, session));
    expect([status, body.id, body.status]).toEqual([200, id, wanted === 'code' ? 'COMPLETED' : 'FAILED']);
    expect(body.authorizeResponse).toMatchObject({
      ...{ state: 'state-1', iss: `${PUBLIC_URL}/acme/as` },
      [wanted]: wanted === 'code' ? expect.stringMatching(/^gwac_/) : 'access_denied',
    });
    expect(await made.finish(id, session)).toMatchObject({ kind: 'page', page: { kind: 'flow_expired' } });
  });

  it('house: the flow lives on with each step', async () => {
    const { made, begin } = house();
    const id = await begin();
    made.stores.clock.elapse(600);
    expect(jsonOf(await made.act(id, 'user.lookup', { username: 'alice' })).body.expiresAt).toBe(
      '2026-11-01T12:25:00.000Z',
    );
    made.stores.clock.elapse(899);
    expect(jsonOf(await made.read(id)).status).toBe(200);
    made.stores.clock.elapse(2);
    expect(jsonOf(await made.read(id)).status).toBe(404);
  });

  it('house: tells about passwords where one is to be set', async () => {
    const { made, begin } = house({ recovery: true, registration: true });
    const policy = { length: { min: 8, max: 256 }, excludesUsername: true };
    expect(jsonOf(await made.read(await begin())).body._embedded.passwordPolicy).toEqual(policy);
    const id = await begin({}, { status: 'MUST_CHANGE_PASSWORD', userId: 'user-alice' });
    expect(jsonOf(await made.read(id)).body._embedded.passwordPolicy).toEqual(policy);
  });
});

describe('who may', () => {
  it('CVE-2022-39222 another browser neither reads nor acts', async () => {
    const { made, begin } = house();
    const id = await begin();
    for (const cookies of [{}, { browser: bindBrowser(undefined).cookie }]) {
      expect(jsonOf(await made.read(id, { cookies }))).toMatchObject({ status: 403, body: { code: 'ACCESS_FAILED' } });
      expect(jsonOf(await made.act(id, 'usernamePassword.check', ALICE, { cookies })).status).toBe(403);
    }
    expect(await made.statusOf(id)).toBe('USERNAME_PASSWORD_REQUIRED');
  });

  it.each(['', 'nonsense', '01a1f000-0000-7000-8000-00000000ffff', '01A1F000-0000-7000-8000-000000000001', '\0'])(
    'A16 "%s" is no flow',
    async (id) => {
      const { made } = house();
      const missing = { status: 404, body: { id: 'request-1', code: 'NOT_FOUND', details: [] } };
      expect(jsonOf(await made.read(id))).toMatchObject(missing);
      expect(jsonOf(await made.act(id, 'usernamePassword.check', ALICE))).toMatchObject(missing);
    },
  );

  it.each([
    ['our own page', { origin: PUBLIC_URL, fetchSite: 'same-origin' }, true],
    ['the client’s page', { origin: APP, fetchSite: 'cross-site' }, true],
    ['a server', {}, true],
    ['an address typed in', { fetchSite: 'none' }, true],
    ['another client’s page', { origin: 'https://other.example' }, false],
    ['a page that looks like ours', { origin: `${PUBLIC_URL}.evil.example` }, false],
    ['a page that hides', { origin: 'null' }, false],
    ['a site that hides', { fetchSite: 'cross-site' }, false],
  ] as const)('AZ-15 HT-04 from %s', async (_whom, overrides, allowed) => {
    const { made, begin } = house();
    const id = await begin();
    expect(jsonOf(await made.read(id, overrides)).status).toBe(allowed ? 200 : 403);
    const reply = await made.act(id, 'usernamePassword.check', ALICE, overrides);
    expect([jsonOf(reply).status, sessionIn(reply) !== undefined]).toEqual(allowed ? [200, true] : [403, false]);
    expect(await made.statusOf(id)).toBe(allowed ? 'AGREEMENT_CONSENT_REQUIRED' : 'USERNAME_PASSWORD_REQUIRED');
  });
});

describe('what goes wrong', () => {
  it.each<[string, FlowStatus]>([
    ['', 'USERNAME_PASSWORD_REQUIRED'],
    ['constructor', 'USERNAME_PASSWORD_REQUIRED'],
    ['user.consent', 'USERNAME_PASSWORD_REQUIRED'],
    ['usernamePassword.CHECK', 'USERNAME_PASSWORD_REQUIRED'],
    ['usernamePassword.check', 'AGREEMENT_CONSENT_REQUIRED'],
    ['password.recover', 'USERNAME_PASSWORD_REQUIRED'],
    ['user.consent', 'COMPLETED'],
    ['session.reset', 'FAILED'],
  ])('CVE-2026-18963 CVE-2026-49448 action "%s" at %s changes nothing', async (action, status) => {
    const { made, begin } = house();
    const id = await begin({}, { status });
    const { status: http, body } = jsonOf(await made.act(id, action, { ...ALICE, accept: true }));
    expect([http, body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(await made.statusOf(id)).toBe(status);
  });

  it.each([
    ['usernamePassword.check', {}, ['username', 'password'], 'REQUIRED_VALUE'],
    ['usernamePassword.check', { username: ['alice'], password: { a: 1 } }, ['username', 'password'], 'REQUIRED_VALUE'],
    ['usernamePassword.check', { username: 'alice', password: '' }, ['password'], 'REQUIRED_VALUE'],
    ['usernamePassword.check', { username: 'alice', password: 'wrong' }, [undefined], 'INVALID_VALUE'],
    ['user.lookup', { username: 7 }, ['username'], 'REQUIRED_VALUE'],
  ])('CVE-2026-18963 %s %j names what is wrong and moves nothing', async (action, json, targets, code) => {
    const { made, begin } = house();
    const id = await begin();
    const { status, body } = jsonOf(await made.act(id, action, json));
    expect([status, body.id, body.code]).toEqual([400, 'request-1', 'INVALID_REQUEST']);
    expect(body.details.map((detail: { target?: string }) => detail.target)).toEqual(targets);
    expect(body.details[0].code).toBe(code);
    expect(await made.statusOf(id)).toBe('USERNAME_PASSWORD_REQUIRED');
  });

  it.each([{}, { accept: 1 }, { accept: 'yes' }, { accept: null }])('AZ-15 %j is no decision', async (json) => {
    const { made, begin } = house();
    const { session, handle } = await made.stores.sessions.create(aNewSession());
    const known = { status: 'AGREEMENT_CONSENT_REQUIRED', sessionId: session.id, userId: 'user-alice' };
    const id = await begin({}, known);
    const reply = await made.act(id, 'user.consent', json, { cookies: { browser: BROWSER, session: handle } });
    expect(jsonOf(reply)).toMatchObject({ status: 400, body: { details: [{ target: 'accept' }] } });
    expect(await made.statusOf(id)).toBe('AGREEMENT_CONSENT_REQUIRED');
  });

  it('SE-01 who has to wait is told how long', async () => {
    const { made, begin } = house();
    const id = await begin();
    for (let time = 0; time < SIGN_ON_PER_USER.points; time++) {
      await made.act(id, 'usernamePassword.check', { ...ALICE, password: 'a guess' });
    }
    const reply = await made.act(id, 'usernamePassword.check', ALICE);
    expect(reply).toMatchObject({ status: 429, headers: { 'retry-after': '30' }, body: { code: 'TOO_MANY_REQUESTS' } });
  });

  it('I4 storage that is away is no verdict', async () => {
    const { made, begin } = house();
    const id = await begin();
    made.stores.users.authenticate = () => Promise.reject(new Error('storage is away'));
    await expect(made.act(id, 'usernamePassword.check', ALICE)).rejects.toThrow('storage is away');
  });
});

describe('user.lookup', () => {
  it('SE-02 remembers the name, and says of nobody whether they exist', async () => {
    const documents = new Set<string>();
    for (const username of ['alice', 'nobody']) {
      const { made, begin } = house();
      const id = await begin();
      documents.add(JSON.stringify(jsonOf(await made.act(id, 'user.lookup', { username }))).replaceAll(id, '(flow)'));
    }
    expect(documents.size).toBe(1);
    expect([...documents][0]).toContain('PASSWORD_REQUIRED');
  });

  it('seeds 1.4 the password is then enough, and another name is refused', async () => {
    const { made, begin } = house();
    const id = await begin();
    await made.act(id, 'user.lookup', { username: 'Alice' });
    const other = { username: 'bob', password: 'battery staple' };
    expect(jsonOf(await made.act(id, 'usernamePassword.check', other))).toMatchObject({
      ...{ status: 400, body: { details: [{ code: 'INVALID_VALUE', target: 'username' }] } },
    });
    expect(await made.statusOf(id)).toBe('PASSWORD_REQUIRED');
    expect(sessionIn(await made.act(id, 'usernamePassword.check', { password: PASSWORD }))).toBeDefined();
  });

  it('AZ-17 whose visit it was is not told to whoever comes without its session', async () => {
    const { made, begin } = house();
    const id = await begin();
    const session = sessionIn(await made.act(id, 'usernamePassword.check', ALICE)) ?? '';
    const read = async (own: object) => jsonOf(await made.read(id, { cookies: { browser: BROWSER, ...own } })).body;
    expect(await read({ session })).toMatchObject({ session: {}, _embedded: { user: { username: 'alice' } } });
    const { handle } = await made.stores.sessions.create(aNewSession({ userId: 'user-bob' }));
    for (const own of [{}, { session: handle }]) {
      const other = await read(own);
      expect(other).not.toHaveProperty('session');
      expect(other._embedded).not.toHaveProperty('user');
    }
  });

  it('seeds 1.4 session.reset forgets it', async () => {
    const { made, begin } = house();
    const id = await begin();
    await made.act(id, 'user.lookup', { username: 'alice' });
    await made.act(id, 'session.reset');
    const bob = { username: 'bob', password: 'battery staple' };
    expect(sessionIn(await made.act(id, 'usernamePassword.check', bob))).toBeDefined();
  });
});
