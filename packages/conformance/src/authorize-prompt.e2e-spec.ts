import { decodeJwt } from 'jose';
import { App, Tokens } from './support/app.js';
import { Storage } from './support/database.js';
import { ADA, SECRET, Tenant } from './support/environments.js';
import { Answer } from './support/http.js';
import { Person } from './support/person.js';
import { expectCode, expectPage, expectRedirectError, sameVerdict, unchanged } from './support/verdict.js';

const GRACE = { username: 'grace', password: 'another horse battery' };

describe('prompt, max_age and hints', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let app: App;

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      const web = file.clients[0] as (typeof file.clients)[0];
      file.clients.push({ ...web, id: 'house', trusted: true }, { ...web, id: 'stranger', secret: SECRET });
    });
    app = tenant.app();
  });

  afterAll(() => storage.close());

  /** A browser in which Ada is signed on and has allowed the client everything it asks for. */
  const adaSignedOn = async (): Promise<Person> => {
    const person = tenant.person();
    expectCode(await app.signIn(person, ADA), app);
    return person;
  };

  const idTokenOf = async (answer: Answer, of = app) => {
    const tokens = (await of.redeem(expectCode(answer, of))).json<Tokens>();
    return { raw: tokens.id_token, claims: decodeJwt(tokens.id_token) };
  };

  const authTimeOf = async (person: Person) =>
    (await idTokenOf(await person.get(app.authorizeUrl({ prompt: 'none' })))).claims['auth_time'];

  /** As if the person had signed on that much earlier. */
  const age = async (seconds: number, username: string) => {
    // A session older than its user's password is worth nothing.
    await storage.rows(
      `UPDATE directory_user SET password_changed_at = now() - interval '1 year' WHERE environment_id = $1 AND username = $2`,
      [tenant.id, username],
    );
    await storage.rows(
      `UPDATE session SET auth_time = auth_time - make_interval(secs => $1)
       WHERE environment_id = $2 AND user_id = (SELECT id FROM directory_user WHERE environment_id = $2 AND username = $3)`,
      [seconds, tenant.id, username],
    );
  };

  it('A6 AZ-16 prompt=none without a session → login_required, nothing stored', async () => {
    await unchanged(storage, tenant.id, async () => {
      for (const mode of ['query', 'fragment', 'form_post']) {
        const url = app.authorizeUrl({ prompt: 'none', response_mode: mode });
        expectRedirectError(await sameVerdict(() => tenant.person().get(url)), app, 'login_required');
      }
    });
  });

  it('A6 AZ-16 prompt=none with a session: code, or consent_required where consent is missing, never a page', async () => {
    const person = await adaSignedOn();
    expectCode(await person.get(app.authorizeUrl({ prompt: 'none' })), app);
    expectCode(await person.get(tenant.app('house').authorizeUrl({ prompt: 'none' })), tenant.app('house'));
    await unchanged(storage, tenant.id, async () => {
      const stranger = tenant.app('stranger');
      expectRedirectError(await person.get(stranger.authorizeUrl({ prompt: 'none' })), stranger, 'consent_required');
    });
  });

  it.each(['none login', 'none consent', 'none select_account', 'login none'])(
    'A6 prompt=%s → invalid_request',
    async (prompt) => {
      const person = await adaSignedOn();
      expectRedirectError(await person.get(app.authorizeUrl({ prompt })), app, 'invalid_request');
    },
  );

  it.each(['login', 'select_account'])(
    'A7 prompt=%s asks again in spite of a session; the new sign-on counts',
    async (prompt) => {
      const person = await adaSignedOn();
      await age(1_000, ADA.username);
      const before = await authTimeOf(person);
      const page = await person.follow(app.authorizeUrl({ prompt }));
      expectPage(page, 'sign-on');
      const { claims } = await idTokenOf(await person.signOn(page, ADA.username, ADA.password));
      expect(Number(claims['auth_time']) - Number(before)).toBeGreaterThan(900);
      expectPage(await person.follow(app.authorizeUrl({ prompt })), 'sign-on');
    },
  );

  it('A7 prompt=login consent asks both', async () => {
    const person = await adaSignedOn();
    const page = await person.follow(app.authorizeUrl({ prompt: 'login consent' }));
    expectPage(page, 'sign-on');
    const consent = await person.signOn(page, ADA.username, ADA.password);
    expectPage(consent, 'consent');
    expectCode(await person.consent(consent), app);
  });

  it('A7 max_age: a fresh enough sign-on passes with auth_time, an older one signs on again, under none login_required', async () => {
    const person = await adaSignedOn();
    await age(100, ADA.username);
    const passed = await idTokenOf(await person.get(app.authorizeUrl({ max_age: '1000' })));
    expect(passed.claims['auth_time']).toEqual(expect.any(Number));
    await unchanged(storage, tenant.id, async () => {
      const silent = await person.get(app.authorizeUrl({ max_age: '50', prompt: 'none' }));
      expectRedirectError(silent, app, 'login_required');
    });
    const page = await person.follow(app.authorizeUrl({ max_age: '50' }));
    expectPage(page, 'sign-on');
    const renewed = await idTokenOf(await person.signOn(page, ADA.username, ADA.password));
    expect(Number(renewed.claims['auth_time'])).toBeGreaterThanOrEqual(Number(passed.claims['auth_time']) + 50);
    expectPage(await person.follow(app.authorizeUrl({ max_age: '0' })), 'sign-on');
  });

  it('AZ-17 CVE-2023-6787 a cancelled re-login keeps the session’s user and auth_time; then max_age forces a real one', async () => {
    const person = await adaSignedOn();
    await age(1_000, ADA.username);
    const { claims: before } = await idTokenOf(await person.get(app.authorizeUrl({ prompt: 'none' })));
    let page = await person.follow(app.authorizeUrl({ prompt: 'login', login_hint: GRACE.username }));
    page = await person.submit(page, { action: 'usernamePassword.check', username: GRACE.username, password: 'wrong' });
    expectPage(page, 'sign-on', 400);
    expectRedirectError(
      await person.settle(await person.submit(page, { action: 'flow.cancel' })),
      app,
      'access_denied',
    );

    const { claims: after } = await idTokenOf(await person.get(app.authorizeUrl({ prompt: 'none' })));
    expect([after.sub, after['auth_time'], after['sid']]).toEqual([before.sub, before['auth_time'], before['sid']]);

    page = await person.follow(app.authorizeUrl({ max_age: '1' }));
    expectPage(page, 'sign-on');
    const { claims: newer } = await idTokenOf(await person.signOn(page, ADA.username, ADA.password));
    expect(newer.sub).toBe(before.sub);
    expect(Number(newer['auth_time'])).toBeGreaterThan(Number(before['auth_time']));
  });

  it('A6 A7 id_token_hint: her own passes silently, anybody else’s → login_required', async () => {
    const person = await adaSignedOn();
    const ada = await idTokenOf(await person.get(app.authorizeUrl({ prompt: 'none' })));
    const grace = await idTokenOf(await app.signIn(tenant.person(), GRACE));
    expectCode(await person.get(app.authorizeUrl({ prompt: 'none', id_token_hint: ada.raw })), app);
    await unchanged(storage, tenant.id, async () => {
      const answer = await person.get(app.authorizeUrl({ prompt: 'none', id_token_hint: grace.raw }));
      expectRedirectError(answer, app, 'login_required');
    });
  });

  it('A7 id_token_hint of another user: whoever signs on must be the hinted one', async () => {
    const person = await adaSignedOn();
    const grace = await idTokenOf(await app.signIn(tenant.person(), GRACE));
    const url = app.authorizeUrl({ id_token_hint: grace.raw });
    const again = await person.follow(url);
    expectPage(again, 'sign-on');
    expectRedirectError(await person.signOn(again, ADA.username, ADA.password), app, 'login_required');
    const right = await idTokenOf(await person.signOn(await person.follow(url), GRACE.username, GRACE.password));
    expect(right.claims.sub).toBe(grace.claims.sub);
  });

  it('A6 id_token_hint that is forged, altered, another client’s or an access token fits nobody', async () => {
    const person = await adaSignedOn();
    const answer = await person.get(app.authorizeUrl({ prompt: 'none' }));
    const tokens = (await app.redeem(expectCode(answer, app))).json<Tokens>();
    const houseApp = tenant.app('house');
    const house = await idTokenOf(await person.get(houseApp.authorizeUrl({ prompt: 'none' })), houseApp);
    const [head = '', body = '', signature = ''] = tokens.id_token.split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const hint of [
      `${none}.${body}.`,
      `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
      `${head}.${body}`,
      house.raw,
      tokens.access_token,
      'x',
    ]) {
      const refused = await person.get(app.authorizeUrl({ prompt: 'none', id_token_hint: hint }));
      expectRedirectError(refused, app, 'login_required');
    }
    expectCode(await person.get(app.authorizeUrl({ prompt: 'none', id_token_hint: tokens.id_token })), app);
  });

  it('A7 login_hint fills in the name and signs nobody on', async () => {
    const page = await tenant.person().follow(app.authorizeUrl({ login_hint: 'grace' }));
    expectPage(page, 'sign-on');
    expect(page.text).toMatch(
      /<input[^>]*value="grace"[^>]*name="username"|<input[^>]*name="username"[^>]*value="grace"/,
    );
    expectCode(await (await adaSignedOn()).get(app.authorizeUrl({ login_hint: 'grace' })), app);
  });
});
