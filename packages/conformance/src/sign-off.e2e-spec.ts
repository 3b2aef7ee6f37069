import { decodeJwt } from 'jose';
import type { App, Tokens } from './support/app.js';
import { BYE, confirm, INACTIVE, resourceTenant, signOffUrl, told } from './support/companions.js';
import { Storage } from './support/database.js';
import { ADA, type Tenant } from './support/environments.js';
import type { Answer } from './support/http.js';
import { request } from './support/http.js';
import type { Person } from './support/person.js';
import { expectClean, expectErrorPage, expectJsonError, expectRedirectError } from './support/verdict.js';

const GRACE = { username: 'grace', password: 'another horse battery' };
const BOUND = { scope: 'openid orders:read' };

describe('sign-off, seeds §8 signoff, OIDC RP-Initiated Logout', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let app: App;

  beforeAll(async () => {
    tenant = await resourceTenant((file) => {
      const [web] = file.clients;
      if (web) web.refresh = { withoutOfflineAccess: true };
    });
    app = tenant.app();
    // Consent is asked once.
    await app.tokens(ADA, BOUND);
  });
  afterAll(() => storage.close());

  const ST = () => `ST-${tenant.id}`;

  /** Somebody signed on, with tokens of that session. */
  async function signedOn(
    changes: Record<string, string> = BOUND,
    user = ADA,
  ): Promise<{ person: Person; tokens: Tokens }> {
    const person = tenant.person();
    const { code } = (await app.signIn(person, user, changes)).params();
    return { person, tokens: (await app.redeem(code ?? '')).json<Tokens>() };
  }

  const silently = (person: Person) => person.get(app.authorizeUrl({ ...BOUND, prompt: 'none' }));
  const expectSignedOff = async (person: Person) => expectRedirectError(await silently(person), app, 'login_required');
  const expectSignedOn = async (person: Person) => expect((await silently(person)).params()).toHaveProperty('code');

  const asks = (answer: Answer) => {
    expectClean(answer);
    expect([answer.status, answer.location]).toEqual([200, undefined]);
    expect(answer.text).toContain('Do you want to sign off?');
  };

  it('§2 §3 LO-03 with the ID token of this session it ends at once: redirect with the state, every replica agrees', async () => {
    const { person, tokens } = await signedOn();
    const thief = person.clone();
    const params = { id_token_hint: tokens.id_token, post_logout_redirect_uri: BYE, state: 'a b&c=d' };
    const answer = await person.get(signOffUrl(app, params));
    expectClean(answer, tokens.id_token);
    expect([answer.status, answer.location]).toEqual([303, `${BYE}?state=a+b%26c%3Dd`]);
    expect(person.cookie(ST())).toBeUndefined();
    for (let round = 0; round < 8; round++) {
      await expectSignedOff(person);
      // The cookie itself, kept by somebody, is anonymous.
      await expectSignedOff(thief);
    }
  });

  it('RT-10 R9 LO-03 what is bound to the session is over for good, what is offline lives on', async () => {
    const { person, tokens: bound } = await signedOn();
    const offline = (await app.redeem((await app.signIn(person, ADA)).params()['code'] ?? '')).json<Tokens>();
    expect(offline.scope).toContain('offline_access');
    expect((await app.refresh(bound.refresh_token)).status).toBe(200);
    await person.get(signOffUrl(app, { id_token_hint: bound.id_token }));
    await expectSignedOff(person);
    expectJsonError(await app.refresh(bound.refresh_token), 400, 'invalid_grant');
    expectJsonError(await app.userInfo(bound.access_token), 401, 'invalid_token');
    for (const token of [bound.access_token, bound.refresh_token]) {
      expect(await told(tenant, 'web', token)).toEqual(INACTIVE);
    }
    expect((await app.userInfo(offline.access_token)).status).toBe(200);
    expect(await told(tenant, 'orders', offline.access_token)).toMatchObject({ active: true });
    expect((await app.refresh(offline.refresh_token)).status).toBe(200);
  });

  it('§2 an expired ID token still names its session', async () => {
    const { person, tokens } = await signedOn();
    await storage.rows(`UPDATE environment SET lifetimes = lifetimes || '{"idToken": 1}' WHERE id = $1`, [tenant.id]);
    await storage.rows(`SELECT pg_notify('grantway_config', $1)`, [tenant.id]);
    try {
      const shortLived = async () => {
        const { code } = (await app.signIn(person, ADA, BOUND)).params();
        return (await app.redeem(code ?? '')).json<Tokens>().id_token;
      };
      let hint = await shortLived();
      for (let tries = 0; tries < 20 && lifetimeOf(hint) > 1; tries++) hint = await shortLived();
      expect(lifetimeOf(hint)).toBe(1);
      const { exp = 0 } = decodeJwt(hint);
      await new Promise((resolve) => setTimeout(resolve, exp * 1_000 - Date.now() + 1_050));
      // Without the cookie nobody shows that it is wanted.
      expectErrorPage(await request(signOffUrl(app, { id_token_hint: hint }, 'idpSignoff')));
      await expectSignedOn(person);
      await person.get(signOffUrl(app, { id_token_hint: hint }));
      await expectSignedOff(person);
    } finally {
      await tenant.change(() => {});
      await storage.rows(`UPDATE environment SET lifetimes = lifetimes || '{"idToken": 3600}' WHERE id = $1`, [
        tenant.id,
      ]);
      await storage.rows(`SELECT pg_notify('grantway_config', $1)`, [tenant.id]);
    }
    expect(tokens.id_token).toBeDefined();
  });

  it('§3 without an address the person is told, on a page with the headers of every page', async () => {
    const { person, tokens } = await signedOn();
    const answer = await person.get(signOffUrl(app, { id_token_hint: tokens.id_token }), {
      origin: 'https://evil.example',
    });
    expectClean(answer, tokens.id_token);
    expect(answer.text).toContain('You are signed off');
    expectPageHeaders(answer);
    await expectSignedOff(person);
  });

  it('§2 POST does the same; from another site, which brings no cookie, by way of a GET', async () => {
    const { person, tokens } = await signedOn();
    const form = { id_token_hint: tokens.id_token, post_logout_redirect_uri: BYE };
    const stranger = tenant.person();
    const bounced = await stranger.post(`${app.issuer}/signoff`, form, { 'sec-fetch-site': 'cross-site' });
    expect([bounced.status, bounced.location]).toEqual([303, signOffUrl(app, form)]);
    await expectSignedOn(person);
    const { location } = await person.post(`${app.issuer}/signoff`, form);
    expect(location).toBe(BYE);
    await expectSignedOff(person);
  });

  describe('LO-01 LO-02 JW-01 MT-01 what must be confirmed', () => {
    it.each([
      ['nothing', async () => ({})],
      ['a client’s name', async () => ({ client_id: 'web', post_logout_redirect_uri: BYE })],
      ['another session’s ID token', async () => ({ id_token_hint: (await signedOn()).tokens.id_token })],
      ['another person’s ID token', async () => ({ id_token_hint: (await signedOn(BOUND, GRACE)).tokens.id_token })],
      ['another environment’s ID token', async () => ({ id_token_hint: (await foreign()).id_token })],
      ['an access token', async (own: Tokens) => ({ id_token_hint: own.access_token })],
      ['alg none', async (own: Tokens) => ({ id_token_hint: unsigned(own.id_token) })],
      ['a spoiled signature', async (own: Tokens) => ({ id_token_hint: `${own.id_token.slice(0, -8)}AAAAAAAA` })],
    ])('with %s: a page asks, and the session lives', async (_what, params) => {
      const { person, tokens } = await signedOn();
      const page = await person.get(signOffUrl(app, await params(tokens)), { 'sec-fetch-site': 'cross-site' });
      asks(page);
      expectPageHeaders(page);
      await expectSignedOn(person);
    });

    const foreign = async () => (await resourceTenant()).app().tokens(ADA);

    it('AZ-08 the button ends it by a 303 to the registered address', async () => {
      const { person } = await signedOn();
      const page = await person.get(signOffUrl(app, { client_id: 'web', post_logout_redirect_uri: BYE, state: 's' }));
      asks(page);
      expect(page.text).toContain('Web Shop');
      const answer = await confirm(person, page);
      expect([answer.status, answer.location]).toEqual([303, `${BYE}?state=s`]);
      await expectSignedOff(person);
    });

    it('AZ-15 a form without its token, with another browser’s, or from another site ends nothing', async () => {
      const [{ person }, { person: other }] = [await signedOn(), await signedOn()];
      const [page, theirs] = [await person.get(signOffUrl(app)), await other.get(signOffUrl(app))];
      const fields = page.hiddenFields();
      const to = new URL(page.formAction(), page.url).href;
      const attempts = [
        [{ confirm: 'true' }, {}],
        [{ ...fields, csrf: 'x', confirm: 'true' }, {}],
        [{ ...theirs.hiddenFields(), confirm: 'true' }, {}],
        [{ ...fields, confirm: 'true' }, { origin: 'https://evil.example' }],
        [{ ...fields, confirm: 'true' }, { 'sec-fetch-site': 'cross-site' }],
      ] as const;
      for (const [form, headers] of attempts) {
        expectErrorPage(await person.post(to, form as Record<string, string>, headers), 403);
        await expectSignedOn(person);
      }
      // A GET is never the button.
      asks(await person.get(`${to}?${new URLSearchParams({ ...fields, confirm: 'true' })}`));
      await expectSignedOn(person);
      expect((await confirm(person, page)).text).toContain('You are signed off');
      await expectSignedOff(person);
      await expectSignedOn(other);
    });
  });

  it.each([
    ['an address nobody registered', { post_logout_redirect_uri: 'https://evil.example/' }],
    ['a query added', { post_logout_redirect_uri: `${BYE}?x=1` }],
    ['a path added', { post_logout_redirect_uri: `${BYE}/x` }],
    ['another spelling', { post_logout_redirect_uri: 'https://RP.example/bye' }],
    ['a user before the host', { post_logout_redirect_uri: 'https://rp.example@evil.example/bye' }],
    ['another client’s address', { post_logout_redirect_uri: 'https://second.example/bye' }],
    ['its callback', { post_logout_redirect_uri: 'https://rp.example/callback' }],
    ['another client’s name', { client_id: 'second' }],
    ['javascript:', { post_logout_redirect_uri: 'javascript:alert(1)' }],
  ])('LO-01 %s: an error page, no redirect, session and tokens live', async (_what, params) => {
    const { person, tokens } = await signedOn();
    for (const hint of [tokens.id_token, undefined]) {
      if (hint === undefined && 'client_id' in params) continue;
      const sent = { client_id: 'web', id_token_hint: hint, ...params };
      expectErrorPage(await person.get(signOffUrl(app, sent)));
      expectErrorPage(await person.get(signOffUrl(app, { id_token_hint: hint, ...params })));
    }
    await expectSignedOn(person);
    expect((await app.refresh(tokens.refresh_token)).status).toBe(200);
  });

  it('LO-01 HT-02 a parameter twice: an error page', async () => {
    const { person, tokens } = await signedOn();
    const url = signOffUrl(app, { id_token_hint: tokens.id_token, post_logout_redirect_uri: BYE });
    expectErrorPage(await person.get(`${url}&post_logout_redirect_uri=${encodeURIComponent(BYE)}`));
    await expectSignedOn(person);
  });

  it('LO-01 with nobody signed on: no redirect without an ID token of ours, but a link to see', async () => {
    const params = { client_id: 'web', post_logout_redirect_uri: BYE };
    const page = await tenant.person().get(signOffUrl(app, params));
    expect([page.status, page.location]).toEqual([200, undefined]);
    expect(page.text).toContain(`href="${BYE}"`);
    expect(page.setCookies).toEqual([]);
    const { tokens } = await signedOn();
    const back = await tenant.person().get(signOffUrl(app, { ...params, id_token_hint: tokens.id_token }));
    expect(back.location).toBe(BYE);
  });

  it('LO-02 a POST too long to come back by GET ends nothing and takes no cookie away', async () => {
    const answer = await tenant.person().post(`${app.issuer}/signoff`, { state: 'x'.repeat(8_000) });
    expectErrorPage(answer);
    expect(answer.setCookies).toEqual([]);
  });

  describe('idpSignoff, seeds §1.1', () => {
    it('ends the session its ID token names, without the cookie; no redirect', async () => {
      const { person, tokens } = await signedOn();
      const params = { id_token_hint: tokens.id_token, post_logout_redirect_uri: BYE };
      const answer = await request(signOffUrl(app, params, 'idpSignoff'));
      expectClean(answer, tokens.id_token);
      expect([answer.status, answer.location]).toEqual([200, undefined]);
      expect(answer.text).toContain('You are signed off');
      await expectSignedOff(person);
      expectJsonError(await app.refresh(tokens.refresh_token), 400, 'invalid_grant');
    });

    it('LO-02 MT-01 JW-03 any other hint: an error page, and nobody is signed off', async () => {
      const { person, tokens } = await signedOn();
      const other = await resourceTenant();
      const elsewhere = (await other.app().tokens(ADA)).id_token;
      const hints = [undefined, 'nonsense', elsewhere, tokens.access_token, unsigned(tokens.id_token)];
      for (const id_token_hint of hints) {
        expectErrorPage(await request(signOffUrl(app, { id_token_hint }, 'idpSignoff')));
      }
      await expectSignedOn(person);
      expect(await request(signOffUrl(app, { id_token_hint: tokens.id_token }, 'idpSignoff'))).toMatchObject({
        status: 200,
      });
      await expectSignedOff(person);
    });
  });

  it('OIDC Discovery §3 discovery names the endpoint', async () => {
    const metadata = (await request(`${tenant.issuer}/.well-known/openid-configuration`)).json();
    expect(metadata['end_session_endpoint']).toBe(`${tenant.issuer}/signoff`);
  });

  /** AZ-10. */
  function expectPageHeaders(answer: Answer): void {
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      ...{ 'content-type': 'text/html; charset=utf-8', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer' },
      ...{ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    });
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(answer.text).not.toMatch(/(?:src|href)="(?:https?:)?\/\/(?!rp\.example)/);
  }
});

function lifetimeOf(token: string): number {
  const { exp = 0, iat = 0 } = decodeJwt(token);
  return exp - iat;
}

function unsigned(token: string): string {
  const [header = '', payload = ''] = token.split('.');
  const { kid, typ } = JSON.parse(Buffer.from(header, 'base64url').toString());
  return `${Buffer.from(JSON.stringify({ alg: 'none', typ, kid })).toString('base64url')}.${payload}.`;
}
