import { App } from './support/app.js';
import { Storage } from './support/database.js';
import { REDIRECT, SECRET, Tenant } from './support/environments.js';
import { request } from './support/http.js';
import { expectErrorPage, expectRedirectError, sameVerdict, unchanged } from './support/verdict.js';

const EVIL = 'https://evil.test/';
const LOOPBACK = 'http://127.0.0.1/cb';

/** None of these is `https://rp.example/callback`, whatever some parser makes of it. */
const LOOKALIKES = [
  ...['/', '?x=1', '?', '/../x', '%2f..', '/..;/x', '#f', ' ', '%20', '%00', '%0d%0aset-cookie:a=b', '\\', '\t'].map(
    (tail) => REDIRECT + tail,
  ),
  'https://rp.example/CALLBACK',
  'https://rp.example/x/../callback',
  'https://rp.example//callback',
  'https://rp.example/call%62ack',
  'HTTPS://rp.example/callback',
  'https://RP.example/callback',
  'https://rp.example:443/callback',
  'https://rp.example./callback',
  'https://user@rp.example/callback',
  'https://a@b@rp.example/callback',
  'https://rp.example.evil.test/callback',
  'https://rp.example@evil.test/callback',
  'https://rp.example\\@evil.test/callback',
  'https://evil.test/?https://rp.example/callback',
  'https://evil.test/#https://rp.example/callback',
  'https://rpXexample/callback',
  'https://evil-rp.example/callback',
  'http://rp.example/callback',
  '//rp.example/callback',
  '/callback',
  'callback',
  ' https://rp.example/callback',
  'javascript:alert(1)//https://rp.example/callback',
  'JaVaScRiPt:alert(1)',
  'data:text/html,x',
];

/** Each makes a request fail for another reason; none of them may be told to an unproven address. */
const EARLY_ERRORS: readonly [string, Record<string, string | undefined>][] = [
  ['no error at all', {}],
  ['bogus response_type', { response_type: 'bogus' }],
  ['no response_type', { response_type: undefined }],
  ['implicit', { response_type: 'token' }],
  ['bogus response_mode', { response_mode: 'bogus' }],
  ['form_post', { response_mode: 'form_post' }],
  ['bogus scope', { scope: 'bogus' }],
  ['malformed scope', { scope: '"' }],
  ['no PKCE', { code_challenge: undefined, code_challenge_method: undefined }],
  ['PKCE plain', { code_challenge_method: 'plain' }],
  ['prompt=none', { prompt: 'none' }],
  ['bogus prompt', { prompt: 'bogus' }],
  ['bogus max_age', { max_age: 'x' }],
  ['request', { request: 'e30.e30.' }],
  ['request_uri', { request_uri: 'https://evil.test/r' }],
  ['unknown resource', { resource: 'https://nowhere.example' }],
];

describe('redirect URI', () => {
  const storage = new Storage();
  let tenant: Tenant;

  const ask = (app: App, changes: Record<string, string | undefined>) => request(app.authorizeUrl(changes));

  /** `prompt=none` without a session: the cheapest sign that a redirect URI is believed. */
  const expectAccepted = async (app: App, redirectUri: string) =>
    expectRedirectError(
      await ask(app, { prompt: 'none', redirect_uri: redirectUri }),
      { ...app, redirectUri },
      'login_required',
    );

  const expectRefused = async (app: App, redirectUri: string | undefined) =>
    expectErrorPage(await ask(app, { prompt: 'none', redirect_uri: redirectUri }));

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      const web = { auth: 'client_secret_basic', secret: SECRET, grantTypes: ['authorization_code'] } as const;
      const scopes = ['openid', 'orders:read'];
      file.clients.push(
        { id: 'off', ...web, grantTypes: [...web.grantTypes], enabled: false, redirectUris: [REDIRECT], scopes },
        { id: 'two', ...web, grantTypes: [...web.grantTypes], redirectUris: [REDIRECT, `${REDIRECT}2`], scopes },
        { id: 'query', ...web, grantTypes: [...web.grantTypes], redirectUris: [`${REDIRECT}?at=home`], scopes },
        {
          id: 'dotted',
          ...web,
          grantTypes: [...web.grantTypes],
          redirectUris: ['https://foo.example.com/callback'],
          scopes,
        },
        {
          id: 'native',
          auth: 'none',
          grantTypes: ['authorization_code'],
          redirectUris: [LOOPBACK, 'http://[::1]/cb', 'http://localhost:7777/cb', 'com.example.app:/cb'],
          scopes,
        },
        {
          id: 'wild',
          ...web,
          grantTypes: [...web.grantTypes],
          redirectUris: ['https://rp.example/app/*/callback'],
          scopes,
          legacy: { redirectWildcard: true },
        },
        {
          id: 'extra',
          ...web,
          grantTypes: [...web.grantTypes],
          redirectUris: [REDIRECT],
          scopes,
          legacy: { redirectExtraQuery: true },
        },
      );
    });
  });

  afterAll(() => storage.close());

  it('A2 positive control: the registered string is believed, and so is one with a query of its own', async () => {
    await expectAccepted(tenant.app(), REDIRECT);
    await expectAccepted(tenant.app('two'), `${REDIRECT}2`);
    await expectAccepted(tenant.app('query'), `${REDIRECT}?at=home`);
    await expectAccepted(tenant.app('dotted'), 'https://foo.example.com/callback');
  });

  it('AZ-01 A2 CVE-2023-6291 CVE-2024-1132 CVE-2026-3872 CVE-2026-7504 CVE-2024-8883 CVE-2026-18211 CVE-2020-15234 look-alikes → page, nothing stored', async () => {
    const app = tenant.app();
    await unchanged(storage, tenant.id, async () => {
      for (const lookalike of LOOKALIKES) await expectRefused(app, lookalike);
    });
  });

  it('AZ-01 the same with X-Forwarded-Host, Forwarded and a foreign Host; by POST too', async () => {
    const app = tenant.app();
    for (const lookalike of LOOKALIKES.slice(0, 3)) {
      expectErrorPage(await sameVerdict(() => ask(app, { redirect_uri: lookalike })));
      expectErrorPage(
        await tenant.person().post(`${app.issuer}/authorize`, app.authorizeParams({ redirect_uri: lookalike })),
      );
    }
    expect((await sameVerdict(() => ask(app, {}))).location).toMatch(/\/signon\?flowId=/);
  });

  it.each([
    'https://fooXexample.com/callback',
    'https://fooXexampleYcom/callback',
    'https://evil-foo.example.com/callback',
    'https://evilfoo.example.com/callback',
    'https://example.com/callback',
  ])('AZ-01 CVE-2024-52289 CVE-2026-18206 %s is not foo.example.com', async (lookalike) =>
    expectRefused(tenant.app('dotted'), lookalike),
  );

  it.each(EARLY_ERRORS)(
    'AZ-02 CVE-2025-4143 CVE-2026-54072 CVE-2026-41479 CVE-2019-3778 CVE-2019-11269 %s with a foreign redirect_uri → page',
    async (_what, changes) => {
      const app = tenant.app();
      expectErrorPage(await ask(app, { ...changes, redirect_uri: EVIL }));
      expectErrorPage(await ask(app, { ...changes, redirect_uri: `${REDIRECT}/..;/x` }));
      expectErrorPage(await ask(app, { ...changes, client_id: 'nobody', redirect_uri: EVIL }));
    },
  );

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['unknown', 'nobody'],
    ['of another case', 'WEB'],
    ['disabled', 'off'],
    ['full of quotes', `x' OR '1'='1`],
    ['__proto__', '__proto__'],
    ['very long', 'x'.repeat(4_000)],
  ])('A1 AZ-02 client_id %s → page, though the redirect_uri is good', async (_what, clientId) => {
    await unchanged(storage, tenant.id, async () =>
      expectErrorPage(await sameVerdict(() => ask(tenant.app(), { client_id: clientId }))),
    );
  });

  it('A1 AZ-03 redirect_uri missing → page with two registered, or with openid; the only one serves plain OAuth', async () => {
    await expectRefused(tenant.app('two'), undefined);
    await expectRefused(tenant.app('two'), '');
    await expectRefused(tenant.app('web'), undefined);
    expectErrorPage(await ask(tenant.app('two'), { redirect_uri: undefined, scope: 'orders:read' }));
    const plain = await ask(tenant.app(), { redirect_uri: undefined, scope: 'orders:read', prompt: 'none' });
    expectRedirectError(plain, tenant.app(), 'login_required');
  });

  it('AZ-05 CVE-2020-15233 only the port of a literally registered loopback address may vary', async () => {
    const app = tenant.app('native');
    for (const good of [
      LOOPBACK,
      'http://127.0.0.1:5001/cb',
      'http://[::1]:5001/cb',
      'http://localhost:7777/cb',
      'com.example.app:/cb',
    ]) {
      await expectAccepted(app, good);
    }
    for (const bad of [
      'http://localhost:5001/cb',
      'http://localhost/cb',
      'http://127.0.0.1:5001/other',
      'http://127.0.0.1:5001/cb/',
      'http://127.0.0.1:5001/cb?x=1',
      'http://127.0.0.1:5001/CB',
      'https://127.0.0.1:5001/cb',
      'http://127.0.0.1:80@evil.test/cb',
      'http://127.0.0.1:@evil.test/cb',
      'http://evil.test@127.0.0.1/cb',
      'http://127.0.0.1.evil.test/cb',
      'http://127.0.0.1:5001.evil.test/cb',
      'http://127.0.0.1:/cb',
      'http://127.0.0.1:999999/cb',
      'http://127.1/cb',
      'http://2130706433/cb',
      'http://0x7f.0.0.1/cb',
      'http://127.0.0.2/cb',
      'http://[::ffff:127.0.0.1]/cb',
      'http://[0:0:0:0:0:0:0:1]/cb',
      'com.example.app:/other',
      'com.example.app:5001/cb',
      'COM.example.app:/cb',
      'com.example.app://cb',
    ]) {
      await expectRefused(app, bad);
    }
    await expectRefused(tenant.app(), 'https://rp.example:5001/callback');
  });

  it('A2 CVE-2023-6291 a wildcard is one path segment, and off by default', async () => {
    await expectAccepted(tenant.app('wild'), 'https://rp.example/app/one/callback');
    for (const bad of [
      '/one/two/callback',
      '//callback',
      '/../callback',
      '/./callback',
      '/%2e%2e/callback',
      '/a%2fb/callback',
      '/a;x/callback',
      '/a\\b/callback',
      '/one/callback/',
      '/one/callback?x=1',
      '/one/callback#x',
      '/?x=/callback',
      '/a@evil.test/callback',
    ].map((tail) => `https://rp.example/app${tail}`)) {
      await expectRefused(tenant.app('wild'), bad);
    }
    for (const host of [
      'rp.example.evil.test',
      'evil.test',
      'rp.example:8443',
      'u@rp.example',
      'rp.example@evil.test',
    ]) {
      await expectRefused(tenant.app('wild'), `https://${host}/app/one/callback`);
    }
  });

  it('A2 more query than registered: behind its flag alone, and it smuggles nothing into the answer', async () => {
    const app = tenant.app('extra');
    await expectAccepted(app, `${REDIRECT}?x=1&y=%20z`);
    for (const bad of [
      '/?x=1',
      '/x?x=1',
      '?x=1#f',
      '?x=\r\nset-cookie:a=b',
      '?x=\u2603',
      '?x=<b>',
      '?x="',
      '?x= ',
      '?code=stolen',
      '?x=1&code=stolen',
      '?state=other',
      '?iss=https://evil.test',
      '?error=x',
      '?c%6fde=stolen',
    ]) {
      await expectRefused(app, REDIRECT + bad);
    }
    await expectRefused(tenant.app(), `${REDIRECT}?x=1`);
  });
});
