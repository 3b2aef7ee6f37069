import type { App } from './support/app.js';
import { burst } from './support/burst.js';
import { Storage } from './support/database.js';
import { ADA, Tenant } from './support/environments.js';
import { ApiFlow, type FlowBody, NOTHING_SUCH } from './support/flow.js';
import { type Answer, request } from './support/http.js';
import { expectClean, expectCode, expectRedirectError, expectRefusal, unchanged } from './support/verdict.js';

const PAGES = 'https://spa.example';

/** The answer of the flows API that says why not. */
function expectFlowError(answer: Answer, status: number, code: string): void {
  expectRefusal(answer);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect([answer.status, answer.json()['code']]).toEqual([status, code]);
  expect(answer.json()).toEqual({
    id: answer.headers.get('x-request-id'),
    ...{ code, message: expect.any(String), details: expect.any(Array) },
  });
}

describe('the flows API, seeds 1.4 and §8 flows', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let other: Tenant;
  let app: App;

  beforeAll(async () => {
    [tenant, other] = await Promise.all([Tenant.create(), Tenant.create()]);
    app = tenant.app('spa');
  });
  afterAll(() => storage.close());

  const begin = (changes: Record<string, string | undefined> = {}) => ApiFlow.begin(app, tenant.person(), changes);
  const atConsent = async () => {
    const flow = await begin({ prompt: 'consent' });
    await flow.signOn();
    return flow;
  };

  it('seeds 1.4 the whole way in JSON: links lead on, and the answer is the client’s', async () => {
    const flow = await begin();
    const first = (await flow.read()).json<FlowBody>();
    expect(first).toMatchObject({
      ...{ id: flow.id, status: 'USERNAME_PASSWORD_REQUIRED', environment: { id: tenant.id } },
      resumeUrl: `${tenant.issuer}/resume?flowId=${flow.id}`,
      _links: { self: { href: flow.url }, 'usernamePassword.check': { href: flow.url } },
      _embedded: { application: { id: 'spa', name: 'Single Page' } },
    });
    expect(first).not.toHaveProperty('session');

    const signedOn = await flow.signOn();
    expectClean(signedOn, ADA.password);
    expect(signedOn.json()).toMatchObject({
      status: 'AGREEMENT_CONSENT_REQUIRED',
      session: { id: expect.any(String) },
      _embedded: {
        user: { username: 'ada' },
        scopes: expect.arrayContaining([{ name: 'orders:read', description: 'See your orders' }]),
      },
      _links: { 'user.consent': { href: flow.url }, 'session.reset': { href: flow.url } },
    });
    const done = (await flow.act('user.consent', { accept: true })).json<FlowBody>();
    expect([done.status, JSON.stringify(done).includes('gwac_')]).toEqual(['COMPLETED', false]);
    const code = expectCode(await flow.person.get(done.resumeUrl), app);
    expect((await app.redeem(code)).status).toBe(200);
    expectFlowError(await flow.read(), 404, 'NOT_FOUND');
  });

  it('seeds 1.4 begun in JSON, gone on with on the page, and the other way round', async () => {
    const flow = await begin({ prompt: 'consent' });
    await flow.signOn();
    const page = await flow.person.get(`${app.baseUrl}/${tenant.id}/signon?flowId=${flow.id}`);
    expectCode(await flow.person.consent(page), app);

    const person = tenant.person();
    const signOn = await person.follow(app.authorizeUrl({ prompt: 'consent' }));
    await person.signOn(signOn, ADA.username, ADA.password);
    const same = new ApiFlow(person, app, signOn.hiddenFields()['flowId'] as string);
    expect((await same.act('user.consent', { accept: true })).json()).toMatchObject({ status: 'COMPLETED' });
  });

  it('A5 refused, the client hears so', async () => {
    const flow = await atConsent();
    expect((await flow.act('user.consent', { accept: false })).json()).toMatchObject({ status: 'FAILED' });
    expectRedirectError(await flow.person.get(`${tenant.issuer}/resume?flowId=${flow.id}`), app, 'access_denied');
  });

  it('AZ-15 "not you?" takes the session, and somebody else signs on', async () => {
    const flow = await atConsent();
    const cookie = `ST-${tenant.id}`;
    const before = flow.person.cookie(cookie);
    expect((await flow.act('session.reset')).json()).toMatchObject({ status: 'USERNAME_PASSWORD_REQUIRED' });
    expect([before === undefined, flow.person.cookie(cookie)]).toEqual([false, undefined]);
    const grace = await flow.signOn({ username: 'grace', password: 'another horse battery' });
    expect(grace.json()).toMatchObject({ _embedded: { user: { username: 'grace' } } });
  });

  it('AZ-15 SE-03 each sign-on makes a session cookie that was not there before', async () => {
    const flow = await begin({ prompt: 'login' });
    flow.person.setCookie(`ST-${tenant.id}`, 'gwst_planted');
    await flow.signOn();
    expect(flow.person.cookie(`ST-${tenant.id}`)).toMatch(/^gwst_[\w-]{22}\.[\w-]{43}$/);
  });

  it('seeds 1.4 user.lookup says nothing about who exists; another name is refused, the password is enough', async () => {
    const bodies = new Set<string>();
    for (const username of [ADA.username, 'nobody-at-all']) {
      const flow = await begin();
      const { id: _, createdAt: __, expiresAt: ___, ...body } = (await flow.act('user.lookup', { username })).json();
      bodies.add(JSON.stringify(body).replaceAll(flow.id, '(flow)'));
      expectFlowError(
        await flow.signOn({ username: 'grace', password: 'another horse battery' }),
        400,
        'INVALID_REQUEST',
      );
      expect(await flow.status()).toBe('PASSWORD_REQUIRED');
    }
    expect(bodies.size).toBe(1);
    const flow = await begin();
    await flow.act('user.lookup', { username: 'ADA' });
    expect((await flow.act('usernamePassword.check', { password: ADA.password })).status).toBe(200);
  });

  it('house: each step gives the flow its whole life again', async () => {
    const flow = await begin();
    await storage.rows(`UPDATE flow SET expires_at = expires_at - interval '14 minutes' WHERE id = $1`, [flow.id]);
    const before = Date.parse((await flow.read()).json<FlowBody>().expiresAt);
    const after = Date.parse((await flow.act('user.lookup', { username: 'ada' })).json<FlowBody>().expiresAt);
    expect(after - before).toBeGreaterThan(13 * 60_000);
    await storage.rows(`UPDATE flow SET expires_at = now() WHERE id = $1`, [flow.id]);
    expectFlowError(await flow.read(), 404, 'NOT_FOUND');
    expectFlowError(await flow.act('usernamePassword.check', ADA), 404, 'NOT_FOUND');
  });

  it('A16 CVE-2022-39222 unknown flows, another browser’s and another environment’s', async () => {
    const flow = await atConsent();
    for (const id of [NOTHING_SUCH, 'nonsense', flow.id.toUpperCase()]) {
      const none = new ApiFlow(flow.person, app, id);
      expectFlowError(await none.read(), 404, 'NOT_FOUND');
      expectFlowError(await none.act('user.consent', { accept: true }), 404, 'NOT_FOUND');
    }
    const stranger = flow.by(tenant.person());
    const visitor = tenant.person();
    await visitor.follow(app.authorizeUrl());
    for (const foreign of [stranger, flow.by(visitor)]) {
      await unchanged(storage, tenant.id, async () => {
        expectFlowError(await foreign.read(), 403, 'ACCESS_FAILED');
        expectFlowError(await foreign.act('user.consent', { accept: true }), 403, 'ACCESS_FAILED');
      });
    }
    const away = new ApiFlow(flow.person, other.app('spa'), flow.id);
    expectFlowError(await away.read(), 404, 'NOT_FOUND');
    const nowhere = await request(`${app.baseUrl}/no-such-environment/flows/${flow.id}`);
    expectFlowError(nowhere, 404, 'NOT_FOUND');
    expect((await flow.act('user.consent', { accept: true })).json()).toMatchObject({ status: 'COMPLETED' });
  });

  describe('CVE-2026-18963 CVE-2026-49448 SE-05 empty, wrong and repeated steps leave the flow where it is', () => {
    const STEPS: readonly [string, string, object | string][] = [
      ['nothing', 'usernamePassword.check', ''],
      ['an empty object', 'usernamePassword.check', {}],
      ['fields of another kind', 'usernamePassword.check', { username: ['ada'], password: { $ne: '' } }],
      ['a status', 'usernamePassword.check', { status: 'COMPLETED', userId: 'ada' }],
      ['an action that is none', 'flow.complete', {}],
      ['an inherited name', 'constructor', {}],
      ['a step that comes later', 'user.consent', { accept: true }],
      ['a device’s step', 'deviceAuthGrant.consent', { accept: true }],
      ['a code nobody asked for', 'password.recover', { recoveryCode: 'ABCD2345', newPassword: 'a new password' }],
      ['a verification nobody asked for', 'user.verify', { verificationCode: 'ABCD2345' }],
      ['recovery, which is off', 'password.forgot', { username: 'ada' }],
      [
        'registration, which is off',
        'user.register',
        { username: 'd', email: 'd@example.com', password: 'long enough' },
      ],
    ];

    it.each(STEPS)('before sign-on: %s', async (_what, action, body) => {
      const flow = await begin();
      await unchanged(storage, tenant.id, async () => {
        expectFlowError(await flow.act(action, body), 400, 'INVALID_REQUEST');
      });
    });

    it.each<[string, string, object]>([
      ['no decision', 'user.consent', {}],
      ['half a decision', 'user.consent', { accept: 'maybe' }],
      ['the step before', 'usernamePassword.check', ADA],
      ['a way out that is not here', 'flow.cancel', {}],
    ])('at consent: %s', async (_what, action, body) => {
      const flow = await atConsent();
      await unchanged(storage, tenant.id, async () => {
        expectFlowError(await flow.act(action, body), 400, 'INVALID_REQUEST');
      });
    });

    it('a step that was taken is not taken again', async () => {
      const flow = await atConsent();
      await flow.act('user.consent', { accept: false });
      await unchanged(storage, tenant.id, async () => {
        expectFlowError(await flow.act('user.consent', { accept: true }), 400, 'INVALID_REQUEST');
      });
      expect(await flow.status()).toBe('FAILED');
    });

    it('of parallel sign-ons one opens the session that counts', async () => {
      const flow = await begin({ prompt: 'login' });
      const answers = await burst(10, () => flow.by(flow.person.clone()).signOn());
      expect(answers.filter(({ setCookies }) => setCookies.some((line) => line.startsWith('ST-')))).toHaveLength(1);
      for (const answer of answers) expect([200, 400, 429]).toContain(answer.status);
    });
  });

  it.each([
    ['application/json', 415],
    ['application/x-www-form-urlencoded', 415],
    ['text/plain', 415],
    ['application/vnd.pingidentity.usernamePassword.check+json\ta', 415],
    ['application/vnd.pingidentity.usernamePassword.check+xml', 415],
  ])('HT-01 %s is no action', async (mediaType, status) => {
    const flow = await begin();
    const answer = await flow.act('', ADA, { 'content-type': mediaType });
    expectRefusal(answer);
    expect([status, 400]).toContain(answer.status);
    expect(await flow.status()).toBe('USERNAME_PASSWORD_REQUIRED');
  });

  it.each([
    ['no JSON', '{"username":'],
    ['a list', '[]'],
    ['a text', '"ada"'],
    ['nothing at all', 'null'],
    ['too deep', `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`],
    ['a prototype', '{"__proto__":{"accept":true}}'],
    ['a NUL', '{"username":"ada\\u0000","password":"x"}'],
    ['bytes that are no text', '\ud800'],
  ])('HT-01 a body that is %s', async (_what, body) => {
    const flow = await begin();
    const answer = await flow.act('usernamePassword.check', body);
    expectRefusal(answer);
    expect(answer.status).toBe(400);
    expect(await flow.status()).toBe('USERNAME_PASSWORD_REQUIRED');
  });

  describe('AZ-15 HT-04 whose pages may drive it', () => {
    it('the client’s own, with the browser’s cookies; and callers that are no browser', async () => {
      for (const headers of [
        { origin: PAGES, 'sec-fetch-site': 'cross-site' },
        { origin: app.baseUrl, 'sec-fetch-site': 'same-origin' },
        {},
      ] as Record<string, string>[]) {
        const flow = await begin();
        const read = await flow.read(headers);
        expect(read.status).toBe(200);
        if (headers['origin'] === PAGES) {
          expect(read.headers.get('access-control-allow-origin')).toBe(PAGES);
          expect(read.headers.get('access-control-allow-credentials')).toBe('true');
        }
        expect((await flow.act('usernamePassword.check', ADA, headers)).status).toBe(200);
      }
    });

    it.each<[string, Record<string, string>]>([
      ['a stranger', { origin: 'https://evil.example' }],
      ['a page that hides where it is', { origin: 'null' }],
      ['a site that hides', { 'sec-fetch-site': 'cross-site' }],
      ['one that begins alike', { origin: `${PAGES}.evil.example` }],
    ])('%s may not, though the cookies are there', async (_who, headers) => {
      const flow = await atConsent();
      await unchanged(storage, tenant.id, async () => {
        expectFlowError(await flow.act('user.consent', { accept: true }, headers), 403, 'ACCESS_FAILED');
        const read = await flow.read(headers);
        expectFlowError(read, 403, 'ACCESS_FAILED');
        expect(read.headers.get('access-control-allow-origin')).toBeNull();
      });
    });

    it('another client’s pages may not, though their origin is listed', async () => {
      const flow = await ApiFlow.begin(tenant.app('web'), tenant.person());
      expectFlowError(await flow.act('usernamePassword.check', ADA, { origin: PAGES }), 403, 'ACCESS_FAILED');
    });
  });

  describe('pi.flow', () => {
    const start = async (changes: Record<string, string | undefined> = {}) => {
      const person = tenant.person();
      const answer = await person.get(app.authorizeUrl({ response_mode: 'pi.flow', ...changes }), { origin: PAGES });
      return { person, answer, flow: new ApiFlow(person, app, answer.json<FlowBody>().id) };
    };

    it('seeds 1.4 a whole sign-in without a redirect: the flow, its steps, and the answer in it, once', async () => {
      const { answer, flow, person } = await start();
      expect(answer.status).toBe(200);
      expect(answer.json()).toMatchObject({
        status: 'USERNAME_PASSWORD_REQUIRED',
        _links: { self: { href: flow.url } },
      });
      await flow.act('usernamePassword.check', ADA, { origin: PAGES });
      if ((await flow.status()) !== 'COMPLETED') await flow.act('user.consent', { accept: true }, { origin: PAGES });
      const resumeUrl = (await flow.read()).json<FlowBody>().resumeUrl;
      const done = await person.get(resumeUrl, { origin: PAGES });
      expectClean(done);
      expect(done.headers.get('access-control-allow-origin')).toBe(PAGES);
      const { authorizeResponse = {}, ...rest } = done.json<FlowBody>();
      expect(rest).toMatchObject({ id: flow.id, status: 'COMPLETED' });
      expect(authorizeResponse).toEqual({ code: expect.any(String), state: 'state-1', iss: tenant.issuer });
      expect((await app.redeem(authorizeResponse['code'] as string)).status).toBe(200);
      expectRefusal(await person.get(resumeUrl));
    });

    it('A5 refused, the answer says so', async () => {
      const { flow, person } = await start({ prompt: 'consent' });
      await flow.signOn();
      await flow.act('user.consent', { accept: false });
      const done = await person.get(`${tenant.issuer}/resume?flowId=${flow.id}`);
      expect(done.json()).toMatchObject({
        ...{ status: 'FAILED', authorizeResponse: { error: 'access_denied', state: 'state-1', iss: tenant.issuer } },
      });
    });

    it('A16 resumed before it is over, or in another browser, it gives nothing', async () => {
      const { flow, person } = await start();
      const url = `${tenant.issuer}/resume?flowId=${flow.id}`;
      expectRefusal(await person.get(url));
      await flow.signOn();
      await flow.act('user.consent', { accept: true });
      expectRefusal(await tenant.person().get(url));
      const withoutSession = person.clone();
      withoutSession.forget(`ST-${tenant.id}`);
      expectRefusal(await withoutSession.get(url));
      expect((await person.get(url)).json()).toHaveProperty('authorizeResponse.code');
    });
  });
});
