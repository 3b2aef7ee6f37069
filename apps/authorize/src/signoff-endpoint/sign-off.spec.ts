import { aClient, aNewAuthorization, aNewSession, anAuthentication, anAuthorization } from '@grantway/testing';
import {
  BACK,
  type Form,
  GONE,
  type House,
  house,
  ISSUER,
  page,
  pressed,
  unsigned,
} from '../../test/sign-off-house.js';

describe('sign-off with a hint of this session', () => {
  it.each([
    ['a fresh one', 3_600],
    ['an expired one', -60],
  ])('RP-Initiated Logout §2 %s ends it at once and goes back with the state', async (_what, lifetime) => {
    const { hint, get, alive } = await house();
    const params = { id_token_hint: await hint({ lifetime }), post_logout_redirect_uri: BACK, state: 'a b&c' };
    expect(await get(params)).toEqual({
      kind: 'redirect',
      location: `${BACK}?state=a+b%26c`,
      headers: { 'cache-control': 'no-store' },
      cookies: GONE,
    });
    expect(await alive()).toBe(false);
  });

  it('§3 without an address to go back to, a page says so', async () => {
    const { hint, get, alive } = await house();
    const reply = await get({ id_token_hint: await hint(), state: 'x' });
    expect(reply).toMatchObject({ kind: 'page', status: 200, page: { page: 'signed-off' }, cookies: GONE });
    expect(await alive()).toBe(false);
  });

  it.each([
    ['https://shop.example/bye?from=us', 'https://shop.example/bye?from=us&state=s'],
    ['com.example.shop:/bye', 'com.example.shop:/bye?state=s'],
  ])('§3 %s keeps its query and gets the state', async (uri, location) => {
    const { hint, get } = await house();
    const params = { id_token_hint: await hint(), post_logout_redirect_uri: uri, state: 's' };
    expect(await get(params)).toMatchObject({ location });
  });

  it('RT-10 R9 what is bound to the session ends with it, what is offline lives on', async () => {
    const { stores, session, hint, get } = await house();
    const authorization = anAuthorization({ authentication: anAuthentication({ sessionId: session.id }) });
    const [bound, offline] = [
      await stores.authorizations.record(aNewAuthorization({ authorization, offline: false })),
      await stores.authorizations.record(aNewAuthorization({ authorization, offline: true })),
    ];
    await get({ id_token_hint: await hint() });
    expect(await stores.authorizations.isLive('acme', bound)).toBe(false);
    expect(await stores.authorizations.isLive('acme', offline)).toBe(true);
  });

  it('§2 POST does the same', async () => {
    const { hint, post, alive } = await house();
    const params = { id_token_hint: await hint(), post_logout_redirect_uri: BACK };
    expect(await post(params)).toMatchObject({ kind: 'redirect', location: BACK });
    expect(await alive()).toBe(false);
  });

  it('adr 1 a POST from the client’s site brings no cookie, so the browser comes again by GET', async () => {
    const { hint, post, alive } = await house();
    const id_token_hint = await hint();
    const reply = await post({ id_token_hint, state: 'x', more: 'y' }, { cookies: {}, fetchSite: 'cross-site' });
    const query = new URLSearchParams({ id_token_hint, state: 'x' });
    expect(reply).toMatchObject({ kind: 'redirect', location: `${ISSUER}/signoff?${query}` });
    expect(await alive()).toBe(true);
    const huge = await post({ state: 'x'.repeat(7_000) }, { cookies: {} });
    expect(huge).toMatchObject({ kind: 'page', status: 400 });
    expect(huge).not.toHaveProperty('cookies');
  });
});

describe('LO-01 LO-02 sign-off that must be confirmed', () => {
  const OTHER_SESSION = '01a1f000-0000-7000-8000-00000000abcd';

  it.each([
    ['without a hint', () => ({})],
    ['with a client’s name alone', () => ({ client_id: 'shop', post_logout_redirect_uri: BACK })],
    [
      'with a hint of another session',
      async ({ hint }: House) => ({ id_token_hint: await hint({ sid: OTHER_SESSION }) }),
    ],
    [
      'with a hint about somebody else',
      async ({ hint }: House) => ({ id_token_hint: await hint({ sub: 'user-bob' }) }),
    ],
    [
      'MT-01 with a hint of another environment',
      async ({ hint }: House) => ({ id_token_hint: await hint({ environmentId: 'other' }) }),
    ],
    ['JW-01 with a hint nobody signed', async ({ hint }: House) => ({ id_token_hint: unsigned(await hint()) })],
    [
      'with nonsense for a hint',
      () => ({ id_token_hint: 'nonsense', client_id: 'shop', post_logout_redirect_uri: BACK }),
    ],
  ])('%s: a page asks, and nothing ended', async (_how, params) => {
    const all = await house();
    const reply = await all.get(await params(all), { fetchSite: 'cross-site' });
    expect(reply).toMatchObject({ kind: 'page', status: 200, page: { page: 'sign-off', username: 'alice' } });
    expect(reply).not.toHaveProperty('cookies');
    expect(await all.alive()).toBe(true);
  });

  it('the button ends it and goes where the client registered', async () => {
    const { get, post, alive } = await house();
    const asked = await get({ client_id: 'shop', post_logout_redirect_uri: BACK, state: 's' });
    expect(page(asked)).toMatchObject({ clientName: 'Shop', form: { formTargets: ['https:'] } });
    expect(await post(pressed(asked))).toMatchObject({ kind: 'redirect', location: `${BACK}?state=s`, cookies: GONE });
    expect(await alive()).toBe(false);
  });

  it('house: an ID token is not written into the page, and its client still counts', async () => {
    const { hint, get, post } = await house();
    const id_token_hint = await hint({ sid: OTHER_SESSION });
    const asked = await get({ id_token_hint, post_logout_redirect_uri: BACK });
    expect(JSON.stringify(asked)).not.toContain(id_token_hint);
    expect(await post(pressed(asked))).toMatchObject({ kind: 'redirect', location: BACK });
  });

  it.each([
    ['without its token', (form: Form) => ({ ...form, csrf: '' }), {}],
    ['with another token', (form: Form) => ({ ...form, csrf: 'A'.repeat(43) }), {}],
    ['in a browser that was never asked', (form: Form) => form, { browser: `${'c'.repeat(42)}A` }],
    ['in a browser without the binding', (form: Form) => form, { browser: undefined }],
  ])('AZ-15 the form %s is forged', async (_how, change, cookies) => {
    const { browser, get, post, alive } = await house();
    const form = change(pressed(await get()));
    const sent = Object.fromEntries(Object.entries({ ...browser, ...cookies }).filter(([, value]) => value));
    expect(await post(form, { cookies: sent })).toMatchObject({ status: 403, page: { kind: 'forged' } });
    expect(await alive()).toBe(true);
  });

  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['another site', { fetchSite: 'cross-site' as const }],
  ])('AZ-15 a good form from %s is forged all the same', async (_where, overrides) => {
    const { get, post, alive } = await house();
    const form = pressed(await get());
    expect(await post(form, overrides)).toMatchObject({ status: 403 });
    expect(await alive()).toBe(true);
    expect(await post(form, { origin: 'null' })).toMatchObject({ status: 200, page: { page: 'signed-off' } });
  });

  it('house: the form of one session does not end the next', async () => {
    const { stores, browser, get, post } = await house();
    const form = pressed(await get());
    const next = await stores.sessions.create(aNewSession({ userId: 'user-alice' }));
    expect(await post(form, { cookies: { ...browser, session: next.handle } })).toMatchObject({ status: 403 });
    expect(await stores.sessions.find('acme', next.handle, 60)).toBeDefined();
  });

  it('house: a browser without the binding gets one with the page', async () => {
    const { handle, get } = await house();
    expect(await get({}, { cookies: { session: handle } })).toMatchObject({
      cookies: [{ name: 'browser', value: expect.stringMatching(/^[\w-]{43}$/) }],
    });
  });
});

describe('LO-01 where it may lead', () => {
  it.each([
    ['an address nobody registered', { post_logout_redirect_uri: 'https://evil.example/' }],
    ['a query added', { post_logout_redirect_uri: `${BACK}?x=1` }],
    ['a slash added', { post_logout_redirect_uri: `${BACK}/` }],
    ['other letters', { post_logout_redirect_uri: 'https://SHOP.example/bye' }],
    ['another client’s', { post_logout_redirect_uri: 'https://rival.example/bye' }],
    ['its callback', { post_logout_redirect_uri: 'https://shop.example/callback' }],
    ['another client’s name beside the hint', { client_id: 'rival' }],
    [
      'another client’s name and address',
      { client_id: 'rival', post_logout_redirect_uri: 'https://rival.example/bye' },
    ],
  ])('%s: an error page, nobody is sent anywhere, nothing ended', async (_what, params) => {
    const { hint, get, post, alive } = await house();
    const sent = { id_token_hint: await hint(), ...params };
    for (const reply of [await get(sent), await post(sent)]) {
      expect(reply).toMatchObject({ kind: 'page', status: 400, page: { page: 'error', kind: 'bad_request' } });
      expect(reply).not.toHaveProperty('cookies');
    }
    expect(await alive()).toBe(true);
  });

  it.each([
    ['no client at all', { post_logout_redirect_uri: BACK }],
    ['an unknown one', { client_id: 'nobody', post_logout_redirect_uri: BACK }],
    ['a repeated parameter', { client_id: 'shop' }],
  ])('an address of %s: an error page', async (what, params: Record<string, string>) => {
    const { get, alive } = await house();
    const twice = { query: { client_id: ['shop', 'shop'] } };
    expect(await get(params, what.startsWith('a repeated') ? twice : {})).toMatchObject({ status: 400 });
    expect(await alive()).toBe(true);
  });

  it('X14 a disabled client leads nowhere', async () => {
    const { stores, hint, get } = await house();
    stores.clients.add(aClient({ enabled: false, postLogoutRedirectUris: [BACK] }));
    expect(await get({ id_token_hint: await hint(), post_logout_redirect_uri: BACK })).toMatchObject({ status: 400 });
  });
});

describe('sign-off with nobody signed on', () => {
  it('a hint of ours leads back at once', async () => {
    const { hint, get } = await house();
    const params = { id_token_hint: await hint(), post_logout_redirect_uri: BACK };
    const reply = await get(params, { cookies: {} });
    expect(reply).toMatchObject({ kind: 'redirect', location: BACK });
  });

  it('LO-01 without one there is a link, and no redirect', async () => {
    const { get } = await house();
    const reply = await get({ client_id: 'shop', post_logout_redirect_uri: BACK, state: 's' }, { cookies: {} });
    const back = { name: 'Shop', address: `${BACK}?state=s` };
    expect(reply).toMatchObject({ kind: 'page', page: { page: 'signed-off', back } });
  });

  it('LO-02 a cookie that did not come is not taken away, one that is worth nothing is', async () => {
    const { stores, session, get } = await house();
    expect(await get({}, { cookies: {} })).toMatchObject({ cookies: [] });
    await stores.sessions.end('acme', session.id);
    expect(await get()).toMatchObject({ page: { page: 'signed-off' }, cookies: GONE });
  });
});

describe('idpSignoff', () => {
  it('seeds §1.1 ends the session the ID token names, without its cookie and without a redirect', async () => {
    const { hint, byHint, alive } = await house();
    const params = { id_token_hint: await hint(), post_logout_redirect_uri: BACK };
    expect(await byHint(params)).toMatchObject({ kind: 'page', status: 200, page: { page: 'signed-off' } });
    expect(await alive()).toBe(false);
  });

  it.each([
    ['none', async () => ({})],
    ['nonsense', async () => ({ id_token_hint: 'nonsense' })],
    ['one nobody signed', async ({ hint }: House) => ({ id_token_hint: unsigned(await hint()) })],
    ['an expired one', async ({ hint }: House) => ({ id_token_hint: await hint({ lifetime: -60 }) })],
    [
      'one of another environment',
      async ({ hint }: House) => ({ id_token_hint: await hint({ environmentId: 'other' }) }),
    ],
    ['one of a client that is no more', async ({ hint }: House) => ({ id_token_hint: await hint({ client: 'gone' }) })],
    [
      'one for another client than it says',
      async ({ hint }: House) => ({ id_token_hint: await hint(), client_id: 'rival' }),
    ],
  ])('LO-02 hint: %s: an error page, and nothing ended', async (_what, params) => {
    const all = await house();
    const sent: Record<string, string> = await params(all);
    expect(await all.byHint(sent)).toMatchObject({ kind: 'page', status: 400, page: { page: 'error' } });
    expect(await all.alive()).toBe(true);
  });

  it('house: one about somebody else ends nothing', async () => {
    const { hint, byHint, alive } = await house();
    expect(await byHint({ id_token_hint: await hint({ sub: 'user-bob' }) })).toMatchObject({ status: 200 });
    expect(await alive()).toBe(true);
  });
});

it('IR-04 storage that is away is no answer', async () => {
  const { stores, hint, get, byHint } = await house();
  const id_token_hint = await hint();
  stores.sessions.end = () => Promise.reject(new Error('storage is away'));
  await expect(get({ id_token_hint })).rejects.toThrow('storage is away');
  await expect(byHint({ id_token_hint })).rejects.toThrow('storage is away');
});
