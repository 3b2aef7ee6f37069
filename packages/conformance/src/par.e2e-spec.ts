import type { App } from './support/app.js';
import { burst } from './support/burst.js';
import { Storage } from './support/database.js';
import { ADA, SECRET, Tenant } from './support/environments.js';
import { basic, postForm, request } from './support/http.js';
import { push, pushed, pushedUrl, pushForm } from './support/pushed.js';
import {
  expectCode,
  expectErrorPage,
  expectJsonError,
  expectPage,
  expectRedirectError,
  sameVerdict,
  unchanged,
} from './support/verdict.js';

const URN = /^urn:ietf:params:oauth:request_uri:gwpr_[\w-]{22}\.[\w-]{43}$/;

describe('pushed authorization requests, RFC 9126', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let web: App;
  let spa: App;

  beforeAll(async () => {
    tenant = await Tenant.create(({ clients }) => {
      const [, , service] = clients;
      clients.push({ ...clients[0], id: 'pushing', par: { required: true, lifetime: 120 } } as (typeof clients)[0]);
      if (service) service.redirectUris = [];
    });
    [web, spa] = [tenant.app('web'), tenant.app('spa')];
  });
  afterAll(() => storage.close());

  it('P1 §2.2 a request_uri of 256 random bits, its lifetime, nothing a cache may keep', async () => {
    const answer = await sameVerdict(() => push(web));
    expect(answer.status).toBe(201);
    expect(answer.json()).toEqual({ request_uri: expect.stringMatching(URN), expires_in: 60 });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((await push(web)).json()['request_uri']).not.toBe(answer.json()['request_uri']);
  });

  it('P1 the client’s own lifetime', async () => {
    expect((await push(tenant.app('pushing'))).json()).toMatchObject({ expires_in: 120 });
  });

  it('P3 §4 a sign-in from it: what was pushed counts, and what stands beside it does not', async () => {
    const requestUri = await pushed(web, { state: 'pushed-state' });
    const person = tenant.person();
    const beside = {
      state: 'other',
      scope: 'openid billing:read',
      redirect_uri: 'https://evil.example/',
      nonce: 'other',
    };
    let answer = await person.follow(pushedUrl(web, requestUri, beside));
    expectPage(answer, 'sign-on');
    answer = await person.signOn(answer, ADA.username, ADA.password);
    if (answer.text.includes('user.consent')) answer = await person.consent(answer);
    const code = expectCode(answer, web, 'pushed-state');
    const tokens = await web.redeem(code);
    expect(tokens.status).toBe(200);
  });

  it('CVE-2024-4540 nothing that was pushed gets into a cookie or an address', async () => {
    const canaries = { state: 'canary-state', nonce: 'canary-nonce', login_hint: 'canary-hint' };
    const requestUri = await pushed(web, canaries);
    const answer = await tenant.person().get(pushedUrl(web, requestUri));
    expect(answer.status).toBe(303);
    expect(`${answer.location} ${answer.setCookies.join(' ')}`).not.toMatch(/canary/);
    // Also where a form post comes without cookies and is asked to look again.
    const posted = await postForm(`${web.issuer}/authorize`, { client_id: 'web', request_uri: requestUri });
    expect(posted.status).toBe(303);
    expect(`${posted.location} ${posted.setCookies.join(' ')}`).not.toMatch(/canary/);
  });

  it('PR-01 opened twice before the sign-on it shows it twice; finished, it is used', async () => {
    const requestUri = await pushed(web);
    const [first, second] = [tenant.person(), tenant.person()];
    const page = await first.follow(pushedUrl(web, requestUri));
    expectPage(page, 'sign-on');
    expectPage(await second.follow(pushedUrl(web, requestUri)), 'sign-on');
    let answer = await first.signOn(page, ADA.username, ADA.password);
    if (answer.text.includes('user.consent')) answer = await first.consent(answer);
    expectCode(answer, web);
    expectErrorPage(await unchanged(storage, tenant.id, () => first.get(pushedUrl(web, requestUri))));
  });

  it('PR-01 I1 of 100 at once with one session and one request_uri, one gets a code, and nobody a 5xx', async () => {
    const person = tenant.person();
    await web.signIn(person, ADA);
    const url = pushedUrl(web, await pushed(web));
    const answers = await burst(100, () => person.clone().get(url));
    const codes = answers.filter(({ location }) => location?.includes('code='));
    expect(codes).toHaveLength(1);
    for (const answer of answers.filter((each) => !codes.includes(each))) expectErrorPage(answer);
  });

  it('PR-01 two who opened it: the one who finishes first has it, the other hears that it is used', async () => {
    const requestUri = await pushed(web);
    const [first, second] = [tenant.person(), tenant.person()];
    const finish = async (person: typeof first) => {
      let answer = await person.follow(pushedUrl(web, requestUri));
      answer = await person.signOn(answer, ADA.username, ADA.password);
      return answer.text.includes('user.consent') ? person.consent(answer) : answer;
    };
    const page = await second.follow(pushedUrl(web, requestUri));
    expectCode(await finish(first), web);
    let late = await second.signOn(page, ADA.username, ADA.password);
    if (late.text.includes('user.consent')) late = await second.consent(late);
    expectErrorPage(late);
  });

  it.each([
    ['PR-02 guessed', (uri: string) => uri.replace(/.{4}$/, 'AAAA')],
    ['PR-02 of another artifact’s kind', (uri: string) => uri.replace('gwpr_', 'gwac_')],
    ['PR-02 that never was', () => 'urn:ietf:params:oauth:request_uri:x'],
  ])('P3 a request_uri %s is told on a page', async (_what, change) => {
    const requestUri = change(await pushed(web));
    expectErrorPage(await unchanged(storage, tenant.id, () => request(pushedUrl(web, requestUri))));
  });

  it('P3 PR-02 another client’s, and none’s; then its own client uses it', async () => {
    const requestUri = await pushed(web);
    expectErrorPage(await request(pushedUrl(spa, requestUri)));
    expectErrorPage(await request(`${web.issuer}/authorize?${new URLSearchParams({ request_uri: requestUri })}`));
    expectPage(await tenant.person().follow(pushedUrl(web, requestUri)), 'sign-on');
  });

  it('P3 MT-01 another environment’s, with the same client ids', async () => {
    const other = await Tenant.create();
    const requestUri = await pushed(other.app('web'));
    expectErrorPage(await unchanged(storage, tenant.id, () => request(pushedUrl(web, requestUri))));
    expectPage(await other.person().follow(pushedUrl(other.app('web'), requestUri)), 'sign-on');
  });

  it('P3 PR-02 expired', async () => {
    const brief = await Tenant.create((file) => {
      file.lifetimes = { par: 1 };
    });
    const url = pushedUrl(brief.app(), await pushed(brief.app()));
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expectErrorPage(await request(url));
  });

  it.each([
    ['P2 A1 redirect_uri unregistered', { redirect_uri: 'https://evil.example/' }, 'invalid_request'],
    ['P2 A3 response_type missing', { response_type: undefined }, 'invalid_request'],
    ['P2 A4 response_type unknown', { response_type: 'bogus' }, 'unsupported_response_type'],
    ['P2 A4 AZ-12 response_type not the client’s', { response_type: 'token' }, 'unauthorized_client'],
    ['P2 A5 scope unknown', { scope: 'openid bogus' }, 'invalid_scope'],
    ['P2 X10 resource unknown', { resource: 'https://nowhere.example' }, 'invalid_target'],
    ['P2 A8 CO-08 code_challenge_method=plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['P2 A6 prompt bogus', { prompt: 'bogus' }, 'invalid_request'],
    ['P2 PR-06 a bad request object', { request: 'e30.e30.' }, 'invalid_request_object'],
    ['P2 PR-03 a request_uri inside', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'invalid_request'],
    ['X11 PR-08 authorization_details', { authorization_details: '[]' }, 'invalid_authorization_details'],
    ['P2 a client_id that is not who authenticated', { client_id: 'spa' }, 'invalid_request'],
  ])('%s', async (_rule, changes, error) => {
    const answer = await unchanged(storage, tenant.id, () => push(web, changes));
    expectJsonError(answer, 400, error);
  });

  it('PR-03 X2 a repeated parameter, of the request or of the credentials', async () => {
    const twice = (name: string, value: string): [string, string][] => [
      ...Object.entries(web.authorizeParams()),
      [name, value],
      [name, value],
    ];
    for (const [name, value] of [
      ['state', 's'],
      ['client_secret', 'x'],
      ['redirect_uri', 'https://rp.example/callback'],
    ] as const) {
      const answer = await postForm(`${web.issuer}/par`, twice(name, value), basic('web', SECRET));
      expectJsonError(answer, 400, 'invalid_request');
    }
  });

  it('PR-03 who does not authenticate pushes nothing', async () => {
    for (const [client_id, headers] of [
      ['web', {}],
      ['web', basic('web', 'wrong-secret-wrong-secret')],
      ['nobody', basic('nobody', SECRET)],
    ] as const) {
      const answer = await unchanged(storage, tenant.id, () =>
        postForm(`${web.issuer}/par`, web.authorizeParams({ client_id }), headers),
      );
      expectJsonError(answer, 401, 'invalid_client');
    }
  });

  it('P5 a public client pushes with its id alone', async () => {
    const answer = await pushForm(spa, spa.authorizeParams());
    expect(answer.status).toBe(201);
    const { request_uri } = answer.json<{ request_uri: string }>();
    expectPage(await tenant.person().follow(pushedUrl(spa, request_uri)), 'sign-on');
  });

  it('P1 RFC 9126 §2 client_id may be left out where the client authenticated otherwise', async () => {
    expect((await push(web, { client_id: undefined })).status).toBe(201);
  });

  it('PR-03 X1 POST alone, forms alone, a megabyte at most', async () => {
    const got = await request(`${web.issuer}/par?${new URLSearchParams(web.authorizeParams())}`);
    expectJsonError(got, 405, 'invalid_request');
    expect(got.headers.get('allow')).toBe('POST');
    const json = await request(`${web.issuer}/par`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...basic('web', SECRET) },
      body: '{}',
    });
    expectJsonError(json, 400, 'invalid_request');
    const large = await push(web, { unknown: 'x'.repeat(1_000_000) });
    expectJsonError(large, 413, 'invalid_request');
    // What is large but allowed crosses the bus, and is answered as if it were small.
    expect((await push(web, { unknown: 'x'.repeat(900_000) })).status).toBe(201);
    expectJsonError(await push(web, { scope: `"${'\\"'.repeat(150_000)}` }), 400, 'invalid_scope');
  });

  it('P4 PR-04 a client that must push: a plain request is refused, a pushed one is not', async () => {
    const pushing = tenant.app('pushing');
    expectRedirectError(await request(pushing.authorizeUrl()), pushing, 'invalid_request');
    expectPage(await tenant.person().follow(pushedUrl(pushing, await pushed(pushing))), 'sign-on');
  });

  it('P4 PR-04 an environment where everybody must push says so', async () => {
    const strict = await Tenant.create((file) => {
      file.par = 'required';
    });
    const app = strict.app();
    expectRedirectError(await request(app.authorizeUrl()), app, 'invalid_request');
    expectPage(await strict.person().follow(pushedUrl(app, await pushed(app))), 'sign-on');
    const metadata = await request(`${strict.issuer}/.well-known/openid-configuration`);
    expect(metadata.json()).toMatchObject({
      require_pushed_authorization_requests: true,
      pushed_authorization_request_endpoint: `${strict.issuer}/par`,
    });
  });

  it('PR-05 A9 a request_uri of another kind is refused unseen', async () => {
    for (const request_uri of ['http://169.254.169.254/', 'https://evil.example/x', 'urn:example:x']) {
      expectRedirectError(await request(web.authorizeUrl({ request_uri })), web, 'request_uri_not_supported');
    }
  });

  it('CO-11 what is stored of a request_uri does not open it', async () => {
    const requestUri = await pushed(web);
    expect(await storage.holds(requestUri.split('.').at(-1) ?? requestUri)).toBe(false);
  });

  it('P2 §2.3 a flood is told to slow down', async () => {
    const flooded = await Tenant.create();
    const app = flooded.app();
    const statuses = new Set<number>();
    for (let round = 0; round < 30 && !statuses.has(429); round += 1) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => push(app, { scope: 'openid bogus' })));
      for (const { status } of answers) statuses.add(status);
    }
    expect([...statuses].sort()).toEqual([400, 429]);
  });
});
