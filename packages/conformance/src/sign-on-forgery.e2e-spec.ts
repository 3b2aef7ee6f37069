import { App, Tokens } from './support/app.js';
import { Storage } from './support/database.js';
import { ADA, REDIRECT, Tenant } from './support/environments.js';
import { Answer } from './support/http.js';
import {
  expectCode,
  expectErrorPage,
  expectPage,
  expectRedirectError,
  sameVerdict,
  unchanged,
} from './support/verdict.js';

describe('other browsers and other sites', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let app: App;

  const SB = () => `SB-${tenant.id}`;
  const ST = () => `ST-${tenant.id}`;
  const signOnUrl = () => `/${tenant.id}/signon`;

  const atConsent = async () => {
    const person = tenant.person();
    const page = await person.follow(app.authorizeUrl({ prompt: 'consent' }));
    return { person, signOn: page, page: await person.signOn(page, ADA.username, ADA.password) };
  };

  const without = (page: Answer, name: string) =>
    Object.fromEntries(Object.entries(page.hiddenFields()).filter(([field]) => field !== name));

  beforeAll(async () => {
    tenant = await Tenant.create();
    app = tenant.app();
  });

  afterAll(() => storage.close());

  it('AZ-15 CVE-2022-39222 a second browser can neither see nor finish a flow, with a session or without', async () => {
    const { person, page } = await atConsent();
    const { flowId } = page.hiddenFields();
    const stranger = tenant.person();
    const neighbour = (await atConsent()).person;
    const thief = person.clone();
    thief.forget(SB());
    const forger = person.clone();
    forger.setCookie(SB(), 'A'.repeat(43));
    for (const browser of [stranger, neighbour, thief, forger]) {
      await unchanged(storage, tenant.id, async () => {
        expectErrorPage(await sameVerdict(() => browser.get(`${signOnUrl()}?flowId=${flowId}`)), 403);
        expectErrorPage(await browser.get(`/${tenant.id}/as/resume?flowId=${flowId}`), 403);
        expectErrorPage(await browser.submit(page, { action: 'user.consent', accept: 'true' }), 403);
        expectErrorPage(await browser.submit(page, { action: 'usernamePassword.check', ...ADA }), 403);
      });
    }
    expectCode(await person.consent(page), app);
  });

  it('CVE-2022-39222 an approved flow opened in a second browser gives no code', async () => {
    const { person, page } = await atConsent();
    const { location = '' } = await person.submit(page, { action: 'user.consent', accept: 'true' });
    await unchanged(storage, tenant.id, async () => {
      expectErrorPage(await tenant.person().get(location), 403);
      expectErrorPage(await (await atSignOnOnly()).get(location), 403);
    });
    expectCode(await person.get(location), app);
  });

  /** A browser that only looked: no flow of its own, so nothing is stored. */
  async function atSignOnOnly() {
    const person = tenant.person();
    await person.get(app.authorizeUrl({ client_id: 'nobody' }));
    return person;
  }

  it('AZ-15 forms without token, with another flow’s or another browser’s → 403, nothing happens', async () => {
    const { person, signOn, page } = await atConsent();
    const other = await atConsent();
    const tab = await person.follow(app.authorizeUrl({ prompt: 'login' }));
    const tokens = [undefined, '', 'x', other.page.hiddenFields()['csrf'], tab.hiddenFields()['csrf'], 'A'.repeat(43)];
    await unchanged(storage, tenant.id, async () => {
      for (const csrf of tokens) {
        const fields = { ...without(page, 'csrf'), ...(csrf !== undefined && { csrf }) };
        for (const action of ['user.consent', 'session.reset', 'usernamePassword.check', 'flow.cancel', '']) {
          const form = { ...fields, action, accept: 'true', ...ADA };
          expectErrorPage(await person.post(signOnUrl(), form), 403);
        }
      }
    });
    expect(signOn.hiddenFields()['csrf']).toBe(page.hiddenFields()['csrf']);
    expectCode(await person.consent(page), app);
  });

  it('AZ-15 Origin of another site → 403; our own, none, or null (our pages send no referrer) pass with the token', async () => {
    const { person, page } = await atConsent();
    const form = { ...page.hiddenFields(), action: 'user.consent', accept: 'true' };
    await unchanged(storage, tenant.id, async () => {
      for (const origin of [
        'https://evil.test',
        `${app.baseUrl}.evil.test`,
        REDIRECT,
        'http://localhost',
        app.baseUrl.replace('http:', 'https:'),
      ]) {
        expectErrorPage(await person.post(signOnUrl(), form, { origin }), 403);
      }
      expectErrorPage(await person.post(signOnUrl(), { ...form, csrf: 'x' }, { origin: 'null' }), 403);
    });
    for (const headers of [{ origin: app.baseUrl }, { origin: 'null' }, {}]) {
      const again = await atConsent();
      const fields = { ...again.page.hiddenFields(), action: 'user.consent', accept: 'true' };
      expectCode(await again.person.settle(await again.person.post(signOnUrl(), fields, headers)), app);
    }
  });

  it('AZ-15 consent cannot be given by GET', async () => {
    const { person, page } = await atConsent();
    const query = new URLSearchParams({ ...page.hiddenFields(), action: 'user.consent', accept: 'true' });
    await unchanged(storage, tenant.id, async () => expectPage(await person.get(`${signOnUrl()}?${query}`), 'consent'));
  });

  it('CVE-2026-7571 no request state is in the browser’s hands: extra fields change nothing, an edited cookie → page', async () => {
    const person = tenant.person();
    const signOn = await person.follow(app.authorizeUrl({ scope: 'openid' }));
    expect(Object.keys(signOn.hiddenFields()).sort()).toEqual(['action', 'csrf', 'flowId']);
    const more = {
      response_type: 'token',
      redirect_uri: 'https://evil.test/',
      scope: 'openid orders:write',
      client_id: 'spa',
      state: 'other',
      status: 'COMPLETED',
      userId: 'x',
    };
    let answer = await person.settle(
      await person.submit(signOn, { ...more, action: 'usernamePassword.check', ...ADA }),
    );
    answer =
      answer.location === undefined
        ? await person.settle(await person.submit(answer, { ...more, action: 'user.consent', accept: 'true' }))
        : answer;
    const tokens = (await app.redeem(expectCode(answer, app))).json<Tokens>();
    expect(tokens.scope).toBe('openid');

    const { person: edited, page } = await atConsent();
    const cookie = edited.cookie(SB()) as string;
    edited.setCookie(SB(), cookie.slice(1) + cookie.slice(0, 1));
    expectErrorPage(await edited.submit(page, { action: 'user.consent', accept: 'true' }), 403);
    const implicit = await edited.get(app.authorizeUrl({ response_type: 'token' }));
    expectRedirectError(implicit, app, 'unauthorized_client');
  });

  it('AZ-15 session fixation: a planted or former ST value is worth nothing after a sign-on', async () => {
    const { person: attacker } = await atConsent();
    const planted = attacker.cookie(ST()) as string;
    const victim = tenant.person();
    for (const [value, user] of [
      ['gwst_AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'grace'],
      [planted, 'grace'],
    ] as const) {
      victim.setCookie(ST(), value);
      const page = await victim.follow(app.authorizeUrl({ prompt: 'login' }));
      expectPage(page, 'sign-on');
      await victim.signOn(page, user, 'another horse battery');
      const after = victim.cookie(ST()) as string;
      expect([after === value, after.startsWith('gwst_')]).toEqual([false, true]);
      const old = tenant.person();
      old.setCookie(ST(), value);
      expectRedirectError(await old.get(app.authorizeUrl({ prompt: 'none' })), app, 'login_required');
    }
  });

  it('AZ-15 step-up: signing on again changes the cookie, and the old value is anonymous', async () => {
    const { person, page } = await atConsent();
    await person.consent(page);
    const old = person.clone();
    await person.signOn(await person.follow(app.authorizeUrl({ prompt: 'login' })), ADA.username, ADA.password);
    expect(person.cookie(ST())).not.toBe(old.cookie(ST()));
    expectCode(await person.get(app.authorizeUrl({ prompt: 'none' })), app);
    expectRedirectError(await old.get(app.authorizeUrl({ prompt: 'none' })), app, 'login_required');
  });
});
