import { decodeJwt } from 'jose';
import { App, Tokens } from './support/app.js';
import { Storage } from './support/database.js';
import { SECRET, Tenant, UserEntry } from './support/environments.js';
import { Person } from './support/person.js';
import { expectCode, expectErrorPage, expectPage, expectRedirectError, unchanged } from './support/verdict.js';

const PASSWORD = 'a horse of one’s own';
const SMALL = 'openid orders:read';
const LARGE = 'openid orders:read orders:write';

describe('consent', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let app: App;
  let next = 0;

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      const web = file.clients[0] as (typeof file.clients)[0];
      file.users = Array.from(
        { length: 14 },
        (_, index): UserEntry => ({ username: `user-${index}`, password: PASSWORD }),
      );
      file.clients.push(
        { ...web, id: 'second', secret: SECRET },
        { ...web, id: 'house', trusted: true },
        {
          id: 'native',
          auth: 'none',
          trusted: true,
          grantTypes: ['authorization_code'],
          redirectUris: ['http://127.0.0.1/cb', 'com.example.app:/cb', 'https://app.example/callback'],
          scopes: ['openid'],
        },
      );
    });
    app = tenant.app();
  });

  afterAll(() => storage.close());

  /** Consents are the person's, so each test has its own. */
  const somebody = () => ({ username: `user-${next++}`, password: PASSWORD });

  const signOn = async (person: Person, user: { username: string; password: string }, url: string) => {
    const page = await person.follow(url);
    expectPage(page, 'sign-on');
    return person.signOn(page, user.username, user.password);
  };

  it('consent is asked once, by session and by a new sign-on; the page says what, for whom and where to', async () => {
    const user = somebody();
    const person = tenant.person();
    const page = await signOn(person, user, app.authorizeUrl({ scope: SMALL }));
    expectPage(page, 'consent');
    for (const text of ['Web Shop', user.username, 'See your orders', 'rp.example']) expect(page.text).toContain(text);
    expectCode(await person.consent(page), app);
    expectCode(await person.follow(app.authorizeUrl({ scope: SMALL })), app);
    expectCode(await signOn(tenant.person(), user, app.authorizeUrl({ scope: SMALL })), app);
  });

  it('consent is asked again when the scope grows, not when it shrinks; what was allowed adds up', async () => {
    const user = somebody();
    const person = tenant.person();
    await person.consent(await signOn(person, user, app.authorizeUrl({ scope: SMALL })));
    const more = await person.follow(app.authorizeUrl({ scope: LARGE }));
    expectPage(more, 'consent');
    expect(more.text).toContain('Change your orders');
    expectRedirectError(await person.get(app.authorizeUrl({ scope: LARGE, prompt: 'none' })), app, 'consent_required');
    const tokens = (await app.redeem(expectCode(await person.consent(more), app))).json<Tokens>();
    expect(tokens.scope.split(' ').sort()).toEqual(LARGE.split(' ').sort());
    expectCode(await person.get(app.authorizeUrl({ scope: SMALL, prompt: 'none' })), app);
    expectCode(await person.get(app.authorizeUrl({ scope: LARGE, prompt: 'none' })), app);
    expectRedirectError(
      await person.get(app.authorizeUrl({ scope: `${LARGE} email`, prompt: 'none' })),
      app,
      'consent_required',
    );
  });

  it('A5 consent refused → access_denied, nothing remembered, earlier consent kept', async () => {
    const user = somebody();
    const person = tenant.person();
    await person.consent(await signOn(person, user, app.authorizeUrl({ scope: SMALL })));
    const more = await person.follow(app.authorizeUrl({ scope: LARGE }));
    expectRedirectError(await person.consent(more, false), app, 'access_denied');
    expectRedirectError(await person.get(app.authorizeUrl({ scope: LARGE, prompt: 'none' })), app, 'consent_required');
    expectCode(await person.get(app.authorizeUrl({ scope: SMALL, prompt: 'none' })), app);
  });

  it('consent is one person’s for one client', async () => {
    const [first, second] = [somebody(), somebody()];
    const person = tenant.person();
    await person.consent(await signOn(person, first, app.authorizeUrl()));
    const other = tenant.app('second');
    expectPage(await person.follow(other.authorizeUrl()), 'consent');
    expectPage(await signOn(tenant.person(), second, app.authorizeUrl()), 'consent');
  });

  it('A6 prompt=consent asks in spite of it; a trusted client is not asked about', async () => {
    const user = somebody();
    const person = tenant.person();
    await person.consent(await signOn(person, user, app.authorizeUrl()));
    expectPage(await person.follow(app.authorizeUrl({ prompt: 'consent' })), 'consent');
    expectCode(await person.follow(app.authorizeUrl()), app);
    const house = tenant.app('house');
    expectCode(await person.follow(house.authorizeUrl()), house);
    expectPage(await person.follow(house.authorizeUrl({ prompt: 'consent' })), 'consent');
  });

  it.each(['http://127.0.0.1:5001/cb', 'com.example.app:/cb'])(
    'AZ-14 a public client at %s: session, consent and trust do not make it silent',
    async (redirectUri) => {
      const native = { ...tenant.app('native'), redirectUri };
      const url = tenant.app('native').authorizeUrl({ redirect_uri: redirectUri });
      const person = tenant.person();
      const page = await signOn(person, somebody(), url);
      expectPage(page, 'consent');
      expectCode(await person.consent(page), native);
      const again = await person.follow(url);
      expectPage(again, 'consent');
      expectRedirectError(await person.get(`${url}&prompt=none`), native, 'consent_required');
      expectCode(await person.consent(again), native);
    },
  );

  it('AZ-14 positive control: the same client at an https address is not impersonable', async () => {
    const redirectUri = 'https://app.example/callback';
    const url = tenant.app('native').authorizeUrl({ redirect_uri: redirectUri });
    const person = tenant.person();
    expectCode(await signOn(person, somebody(), url), { ...tenant.app('native'), redirectUri });
    expectCode(await person.get(url), { ...tenant.app('native'), redirectUri });
  });

  it('session.reset: “not you?” ends the session, asks for a name again, and the next person is the subject', async () => {
    const [first, second] = [somebody(), somebody()];
    const person = tenant.person();
    const page = await signOn(person, first, app.authorizeUrl());
    const old = person.clone();
    const reset = await person.submit(page, { action: 'session.reset' });
    expect(person.cookie(`ST-${tenant.id}`)).toBeUndefined();
    const again = await person.settle(reset);
    expectPage(again, 'sign-on');
    // The consent page of the person who left is still open in another tab.
    const stale = await person.submit(page, { action: 'user.consent', accept: 'true' });
    expect(stale.location).toMatch(/\/signon\?flowId=/);

    const consent = await person.signOn(again, second.username, second.password);
    expectPage(consent, 'consent');
    expect(consent.text).toContain(second.username);
    expect(consent.text).not.toContain(first.username);
    await unchanged(storage, tenant.id, async () => {
      expectErrorPage(await old.submit(consent, { action: 'user.consent', accept: 'true' }), 403);
      expectRedirectError(await old.get(app.authorizeUrl({ prompt: 'none' })), app, 'login_required');
    });
    const tokens = (await app.redeem(expectCode(await person.consent(consent), app))).json<Tokens>();
    const [user] = await storage.rows<{ username: string }>(
      'SELECT username FROM directory_user WHERE environment_id = $1 AND id = $2',
      [tenant.id, decodeJwt(tokens.id_token).sub],
    );
    expect(user?.username).toBe(second.username);
  });
});
