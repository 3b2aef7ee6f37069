import type { HttpCall, PageReply } from '@grantway/contracts';
import {
  type AuthorizationRequest,
  bindBrowser,
  type Client,
  csrfToken,
  type FlowStatus,
  SIGN_ON_PER_USER,
} from '@grantway/domain';
import { aClient, aNewSession, anAuthorizationRequest, anEnvironment, aPost, aUser } from '@grantway/testing';
import {
  answerIn,
  BROWSER,
  FlowHouse,
  kindOf,
  locationOf,
  PASSWORD,
  PUBLIC_URL,
  sessionIn,
} from '../../test/flow-house.js';

const ISSUER = `${PUBLIC_URL}/acme/as`;
const environment = anEnvironment();

/** The flows of one environment over memory stores, and one browser before them. */
function house(client: Client = aClient()) {
  const made = new FlowHouse({ clients: [client] });
  const { stores, standings } = made;
  const begin = (request: Partial<AuthorizationRequest> = {}, extra: object = {}) => {
    const asked = anAuthorizationRequest({ clientId: client.id, ...request });
    return made.begin({ kind: 'authorize', request: asked }, extra);
  };
  const password = (flowId: string, fields: Record<string, string> = {}, overrides: Partial<HttpCall> = {}) => {
    const form = { action: 'usernamePassword.check', username: 'alice', password: PASSWORD, ...fields };
    return made.submit(flowId, form, overrides);
  };
  const submit = made.submit.bind(made);
  const page = made.page.bind(made);
  const finish = made.finish.bind(made);
  const statusOf = made.statusOf.bind(made);
  return { stores, standings, begin, submit, password, page, finish, statusOf };
}

describe('a flow, from the sign-on page to the answer', () => {
  it('A16 name and password, consent, and the code goes back with state and iss, once', async () => {
    const { begin, password, page, submit, finish, stores } = house();
    const flowId = await begin();
    expect(await page(flowId)).toMatchObject({ kind: 'page', page: { page: 'sign-on', clientName: 'Shop' } });

    const signedOn = await password(flowId);
    expect(locationOf(signedOn)).toBe(`/acme/signon?flowId=${flowId}`);
    const session = sessionIn(signedOn) ?? '';
    const cookies = { browser: BROWSER, session };
    expect(((await page(flowId, { cookies })) as PageReply).page).toMatchObject({
      page: 'consent',
      username: 'alice',
      destination: 'shop.example',
    });

    const consented = await submit(flowId, { action: 'user.consent', accept: 'true' }, { cookies });
    expect(locationOf(consented)).toBe(`/acme/as/resume?flowId=${flowId}`);
    const answer = await finish(flowId, session);
    expect(answerIn(answer)).toEqual({ code: expect.stringMatching(/^gwac_/), state: 'state-1', iss: ISSUER });
    expect((await stores.consents.find('acme', 'user-alice', 'shop')).toArray()).toEqual(['openid', 'orders:read']);
    expect(kindOf(await finish(flowId, session))).toBe('flow_expired');
  });

  it('A5 the person does not allow it', async () => {
    const { begin, password, submit, finish, stores } = house();
    const flowId = await begin();
    const session = sessionIn(await password(flowId)) ?? '';
    await submit(flowId, { action: 'user.consent', accept: 'false' }, { cookies: { browser: BROWSER, session } });
    expect(answerIn(await finish(flowId, session))).toMatchObject({
      error: 'access_denied',
      state: 'state-1',
      iss: ISSUER,
    });
    expect((await stores.consents.find('acme', 'user-alice', 'shop')).size).toBe(0);
  });

  it('AZ-17 the person goes back: a session they had stays as it was', async () => {
    const { begin, submit, finish, stores, standings } = house();
    const { handle, session } = await stores.sessions.create(aNewSession());
    const flowId = await begin({ prompts: ['login'] });
    const cancelled = await submit(
      flowId,
      { action: 'flow.cancel' },
      { cookies: { browser: BROWSER, session: handle } },
    );
    expect(cancelled.cookies).toBeUndefined();
    expect(answerIn(await finish(flowId, handle))).toMatchObject({ error: 'access_denied' });
    expect((await standings.of(environment, handle))?.session).toEqual(session);
  });

  it('A7 signed on as somebody else than the hint says', async () => {
    const { begin, password, finish } = house();
    const flowId = await begin({ hintedSubject: 'user-bob' });
    const session = sessionIn(await password(flowId));
    expect(answerIn(await finish(flowId, session))).toMatchObject({ error: 'login_required' });
  });

  it('A16 a flow that is not finished leads back to its page', async () => {
    const { begin, finish } = house();
    const flowId = await begin();
    expect(locationOf(await finish(flowId))).toBe(`/acme/signon?flowId=${flowId}`);
  });

  it.each([
    ['A16 without the session', undefined],
    ['SE-03 with a session that is none', 'gwst_forged'],
  ])('%s a finished flow gives nothing away, and its own browser still gets the answer', async (_what, cookie) => {
    const { begin, password, finish } = house(aClient({ trusted: true }));
    const flowId = await begin();
    const session = sessionIn(await password(flowId));
    const refused = await finish(flowId, cookie);
    expect([kindOf(refused), (refused as PageReply).status]).toEqual(['other_browser', 403]);
    expect(answerIn(await finish(flowId, session))).toHaveProperty('code');
  });
});

describe('whose flow it is', () => {
  it('CVE-2022-39222 another browser is shown nothing and can do nothing', async () => {
    const { begin, page, password, finish, statusOf } = house();
    const flowId = await begin();
    const stranger = { cookies: { browser: bindBrowser(undefined).cookie } };
    expect(kindOf(await page(flowId, stranger))).toBe('other_browser');
    expect(kindOf(await page(flowId, { cookies: {} }))).toBe('other_browser');
    expect(kindOf(await password(flowId, {}, stranger))).toBe('other_browser');
    expect(kindOf(await finish(flowId, undefined, stranger.cookies.browser))).toBe('other_browser');
    expect(await statusOf(flowId)).toBe('USERNAME_PASSWORD_REQUIRED');
  });

  it.each([
    '',
    'nonsense',
    '01a1f000-0000-7000-8000-00000000ffff',
    "' OR 1=1--",
    '01A1F000-0000-7000-8000-000000000001',
  ])('A16 flowId "%s" is told on a page', async (flowId) => {
    const { page, finish } = house();
    for (const reply of [await page(flowId), await finish(flowId)]) {
      expect([kindOf(reply), (reply as PageReply).status]).toEqual(['flow_expired', 400]);
    }
  });

  it('A16 an expired flow, and one of another environment', async () => {
    const { begin, page, stores } = house();
    const flowId = await begin();
    const foreign = await begin({}, { environmentId: 'other' });
    expect(kindOf(await page(foreign))).toBe('flow_expired');
    stores.clock.elapse(900);
    expect(kindOf(await page(flowId))).toBe('flow_expired');
  });

  it('X14 a client that was disabled meanwhile', async () => {
    const { begin, page, stores } = house();
    const flowId = await begin();
    stores.clients.add(aClient({ enabled: false }));
    expect(kindOf(await page(flowId))).toBe('flow_expired');
  });
});

describe('what a form must bring', () => {
  it.each([
    ['no CSRF token', { csrf: '' }, {}],
    ['another CSRF token', { csrf: csrfToken(BROWSER, 'other') }, {}],
    ['AZ-15 a foreign origin', {}, { origin: 'https://evil.example' }],
    ['AZ-15 an origin that begins like ours', {}, { origin: `${PUBLIC_URL}.evil.example` }],
  ])('AZ-15 %s is forged: 403, and nothing happens', async (_what, fields, overrides) => {
    const { begin, password, statusOf } = house();
    const flowId = await begin();
    const reply = await password(flowId, fields as Record<string, string>, overrides);
    expect([kindOf(reply), (reply as PageReply).status, reply.cookies]).toEqual(['forged', 403, undefined]);
    expect(await statusOf(flowId)).toBe('USERNAME_PASSWORD_REQUIRED');
  });

  it.each([[undefined], ['null'], [PUBLIC_URL]])('AZ-15 origin %s is a browser on our own page', async (origin) => {
    const { begin, password, statusOf } = house();
    const flowId = await begin();
    const { origin: _, ...rest } = aPost({});
    await password(
      flowId,
      {},
      { ...(origin === undefined ? ({ origin: undefined } as object) : { origin }), requestId: rest.requestId },
    );
    expect(await statusOf(flowId)).toBe('AGREEMENT_CONSENT_REQUIRED');
  });

  it.each(['', 'unknown', 'constructor', '__proto__', 'usernamePassword.CHECK'])(
    'CVE-2026-18963 action "%s" is none',
    async (action) => {
      const { begin, submit, statusOf } = house();
      const flowId = await begin();
      expect(kindOf(await submit(flowId, { action }))).toBe('bad_request');
      expect(await statusOf(flowId)).toBe('USERNAME_PASSWORD_REQUIRED');
    },
  );

  it.each<[string, FlowStatus]>([
    ['user.consent', 'USERNAME_PASSWORD_REQUIRED'],
    ['session.reset', 'USERNAME_PASSWORD_REQUIRED'],
    ['usernamePassword.check', 'AGREEMENT_CONSENT_REQUIRED'],
    ['flow.cancel', 'AGREEMENT_CONSENT_REQUIRED'],
    ['usernamePassword.check', 'COMPLETED'],
    ['user.consent', 'COMPLETED'],
    ['user.consent', 'FAILED'],
  ])(
    'CVE-2026-18963 CVE-2026-49448 %s at %s changes nothing and shows where the flow stands',
    async (action, status) => {
      const { begin, submit, statusOf } = house();
      const flowId = await begin({}, { status });
      const reply = await submit(flowId, { action, accept: 'true', username: 'alice', password: PASSWORD });
      expect(locationOf(reply)).toBe(`/acme/signon?flowId=${flowId}`);
      expect(reply.cookies).toBeUndefined();
      expect(await statusOf(flowId)).toBe(status);
    },
  );

  it.each([{}, { accept: '' }, { accept: 'yes' }, { accept: 'TRUE' }])(
    'AZ-15 consent needs an answer: %j is none',
    async (fields) => {
      const { begin, password, submit, statusOf } = house();
      const flowId = await begin();
      const session = sessionIn(await password(flowId)) ?? '';
      const reply = await submit(
        flowId,
        { action: 'user.consent', ...fields },
        { cookies: { browser: BROWSER, session } },
      );
      expect(kindOf(reply)).toBe('bad_request');
      expect(await statusOf(flowId)).toBe('AGREEMENT_CONSENT_REQUIRED');
    },
  );

  it('CVE-2025-12390 consent is given by whoever signed on in this flow, and nobody else', async () => {
    const { begin, password, submit, statusOf, stores } = house();
    const flowId = await begin();
    await password(flowId);
    const { handle } = await stores.sessions.create(aNewSession({ userId: 'user-bob' }));
    for (const cookies of [{ browser: BROWSER }, { browser: BROWSER, session: handle }]) {
      expect(kindOf(await submit(flowId, { action: 'user.consent', accept: 'true' }, { cookies }))).toBe(
        'other_browser',
      );
    }
    expect(await statusOf(flowId)).toBe('AGREEMENT_CONSENT_REQUIRED');
  });
});

describe('name and password', () => {
  it.each([
    ['a wrong password', { password: 'wrong' }],
    ['an unknown name', { username: 'nobody' }],
    ['a password too long', { password: 'a'.repeat(257) }],
    ['a name too long', { username: 'a'.repeat(257) }],
    ['a user who is locked', { username: 'carol' }],
  ])('SE-02 %s is told with the same words', async (_what, fields) => {
    const { begin, password, stores } = house();
    stores.users.add(aUser({ id: 'user-carol', username: 'carol', status: 'locked' }), PASSWORD);
    const reply = (await password(await begin(), fields)) as PageReply;
    expect([reply.status, reply.page, reply.cookies]).toEqual([
      400,
      expect.objectContaining({ problem: { kind: 'wrong' } }),
      undefined,
    ]);
  });

  it.each([
    [{ username: '' }, ['username']],
    [{ password: '' }, ['password']],
    [{ username: '', password: '' }, ['username', 'password']],
  ])('house: what is missing is named: %j', async (fields, missing) => {
    const { begin, password } = house();
    expect(await password(await begin(), fields as Record<string, string>)).toMatchObject({
      page: { problem: { kind: 'missing', fields: missing } },
    });
  });

  it('SE-01 after ten wrong ones the right one waits as well, in every spelling of the name; another user does not', async () => {
    const { begin, password, stores } = house();
    const flowId = await begin();
    const problems: unknown[] = [];
    for (let time = 0; time < 11; time++) {
      const username = time % 2 ? 'ALICE' : 'alice';
      problems.push(((await password(flowId, { username, password: 'wrong' })) as PageReply).page);
    }
    expect(problems.slice(0, 9)).toEqual(
      Array.from({ length: 9 }, () => expect.objectContaining({ problem: { kind: 'wrong' } })),
    );
    expect(problems.at(-1)).toMatchObject({ problem: { kind: 'wait' } });
    const waiting = (await password(flowId)) as PageReply;
    expect(waiting).toMatchObject({ status: 429, headers: { 'retry-after': expect.stringMatching(/^\d+$/) } });
    expect(sessionIn(await password(await begin(), { username: 'bob', password: 'battery staple' }))).toBeDefined();
    stores.clock.elapse(SIGN_ON_PER_USER.window);
    expect(sessionIn(await password(flowId))).toBeDefined();
  });

  it('AZ-15 CVE-2025-12390 signing on always makes a new cookie, and the one of before is worth nothing', async () => {
    const { begin, password, stores, standings } = house();
    for (const userId of ['user-alice', 'user-bob']) {
      const { handle } = await stores.sessions.create(aNewSession({ userId }));
      const cookies = { browser: BROWSER, session: handle };
      const made = sessionIn(await password(await begin({ prompts: ['login'] }), {}, { cookies })) ?? '';
      expect(made).not.toBe(handle);
      expect((await standings.of(environment, made))?.user.id).toBe('user-alice');
      expect(await standings.of(environment, handle)).toBeUndefined();
    }
  });

  it('A16 of two raced submissions one opens the session', async () => {
    const { begin, password, statusOf } = house();
    const flowId = await begin();
    const replies = await Promise.all([password(flowId), password(flowId), password(flowId)]);
    expect(replies.filter((reply) => sessionIn(reply) !== undefined)).toHaveLength(1);
    expect(await statusOf(flowId)).toBe('AGREEMENT_CONSENT_REQUIRED');
  });

  it('I4 I14 counters or users that are away are no wrong password', async () => {
    for (const away of ['attempts.count', 'users.authenticate'] as const) {
      const { begin, password, stores } = house();
      const fails = () => Promise.reject(new Error('storage is away'));
      if (away === 'attempts.count') stores.attempts.count = fails;
      else stores.users.authenticate = fails;
      await expect(password(await begin())).rejects.toThrow('storage is away');
    }
  });

  it('house: "not you?" ends the session and asks again', async () => {
    const { begin, password, submit, statusOf, standings, stores } = house();
    const flowId = await begin();
    const session = sessionIn(await password(flowId)) ?? '';
    const reset = await submit(flowId, { action: 'session.reset' }, { cookies: { browser: BROWSER, session } });
    expect(reset.cookies).toEqual([{ name: 'session', value: null }]);
    expect(await statusOf(flowId)).toBe('USERNAME_PASSWORD_REQUIRED');
    expect(await standings.of(environment, session)).toBeUndefined();
    const flow = await stores.flows.find('acme', flowId);
    expect([flow?.userId, flow?.sessionId]).toEqual([undefined, undefined]);
  });

  it('AZ-17 whose visit it was is not told to whoever sits at the browser later', async () => {
    const { begin, password, page, stores } = house();
    const flowId = await begin();
    const session = sessionIn(await password(flowId)) ?? '';
    const { handle } = await stores.sessions.create(aNewSession({ userId: 'user-bob' }));
    const nameAt = async (own?: string) => {
      const cookies = { browser: BROWSER, ...(own !== undefined && { session: own }) };
      return ((await page(flowId, { cookies })) as PageReply).page;
    };
    expect(await nameAt(session)).toMatchObject({ page: 'consent', username: 'alice' });
    for (const other of [undefined, handle]) expect(await nameAt(other)).toMatchObject({ username: '' });
  });
});
