import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { Storage } from './support/database.js';
import { BILLING, ORDERS, SECRET, Tenant } from './support/environments.js';
import { request } from './support/http.js';
import { expectErrorPage, expectPage, expectRedirectError, sameVerdict, unchanged } from './support/verdict.js';

type Changes = Record<string, string | undefined>;

const NO_PKCE = { code_challenge: undefined, code_challenge_method: undefined };

/** What is wrong, and what the client hears of it. */
const REFUSALS: readonly [string, Changes, string][] = [
  ['A3 response_type missing', { response_type: undefined }, 'invalid_request'],
  ['A3 X2 response_type empty', { response_type: '' }, 'invalid_request'],
  ['A3 response_mode bogus', { response_mode: 'bogus' }, 'invalid_request'],
  ['A3 response_mode of another case', { response_mode: 'Query' }, 'invalid_request'],
  ['A3 max_age no number', { max_age: 'soon' }, 'invalid_request'],
  ['A3 max_age negative', { max_age: '-1' }, 'invalid_request'],
  ['A3 prompt bogus', { prompt: 'bogus' }, 'invalid_request'],
  ['A3 nonce of 600 characters', { nonce: 'n'.repeat(600) }, 'invalid_request'],
  ['A4 response_type unknown', { response_type: 'bogus' }, 'unsupported_response_type'],
  ['A4 response_type unknown beside a known one', { response_type: 'code bogus' }, 'unsupported_response_type'],
  ['A5 scope unknown', { scope: 'openid bogus' }, 'invalid_scope'],
  ['A5 scope known, but not the client’s', { scope: 'openid billing:read' }, 'invalid_scope'],
  ['A5 scope malformed', { scope: 'openid "x"' }, 'invalid_scope'],
  ['A5 scope missing', { scope: undefined }, 'invalid_scope'],
  ['A5 scope of a NUL-free control character', { scope: 'openid\torders:read' }, 'invalid_scope'],
  ['A5 X10 resource unknown', { resource: 'https://nowhere.example' }, 'invalid_target'],
  ['A5 X10 resource with a fragment', { resource: `${ORDERS}#f` }, 'invalid_target'],
  ['A5 X10 resource that the scope does not fit', { resource: BILLING }, 'invalid_target'],
  ['A6 prompt none beside another', { prompt: 'none login' }, 'invalid_request'],
  ['A9 PR-06 request unsigned', { request: 'e30.e30.' }, 'invalid_request_object'],
  ['A9 request that is no JWT', { request: 'x' }, 'invalid_request_object'],
  ['A9 request_uri', { request_uri: 'https://rp.example/request.jwt' }, 'request_uri_not_supported'],
  ['X11 authorization_details', { authorization_details: '[{"type":"payment"}]' }, 'invalid_authorization_details'],
  ['A9 registration', { registration: '{}' }, 'registration_not_supported'],
  ['AZ-18 scope of 20 000 one-letter tokens', { scope: 'a '.repeat(20_000) }, 'invalid_scope'],
];

const PKCE_REFUSALS: readonly [string, Changes][] = [
  ['A8 CO-06 code_challenge absent', NO_PKCE],
  ['A8 CO-06 code_challenge empty', { code_challenge: '' }],
  ['A8 CO-08 code_challenge_method=plain', { code_challenge_method: 'plain' }],
  ['A8 CO-08 code_challenge_method=s256', { code_challenge_method: 's256' }],
  ['A8 CO-08 code_challenge_method=S512', { code_challenge_method: 'S512' }],
  ['A8 CO-08 code_challenge_method=none', { code_challenge_method: 'none' }],
  ['A8 CO-08 challenge without method', { code_challenge_method: undefined }],
  ['A8 CO-08 method without challenge', { code_challenge: undefined }],
  ['A8 challenge of 42 characters', { code_challenge: 'a'.repeat(42) }],
  ['A8 challenge of 129 characters', { code_challenge: 'a'.repeat(129) }],
  ['A8 challenge with a foreign character', { code_challenge: `${'a'.repeat(43)}=` }],
];

describe('authorization errors that go to the client', () => {
  const storage = new Storage();
  let tenant: Tenant;

  /** POST, so that long values fit; the spec of methods shows that GET is the same. */
  const ask = (changes: Changes, id = 'web') => {
    const app = tenant.app(id);
    return tenant.person().post(`${app.issuer}/authorize`, app.authorizeParams(changes));
  };

  const begins = async (changes: Changes, id = 'web') => {
    const app = tenant.app(id);
    const person = tenant.person();
    expectPage(
      await person.settle(await person.post(`${app.issuer}/authorize`, app.authorizeParams(changes))),
      'sign-on',
    );
  };

  const asker = (id: string) => ({ ...tenant.app(id), redirectUri: tenant.app(id).redirectUri });

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      const web = { ...file.clients[0], grantTypes: ['authorization_code'] } as (typeof file.clients)[0];
      file.clients.push(
        { ...web, id: 'proven', pkce: 'required' },
        { ...web, id: 'older', legacy: { plainPkce: true } },
        { ...web, id: 'both', scopes: ['openid', 'orders:read', 'billing:read'] },
        { ...web, id: 'codeless', auth: 'client_secret_basic', secret: SECRET, grantTypes: ['client_credentials'] },
      );
    });
  });

  afterAll(() => storage.close());

  it.each(REFUSALS)('%s → %s', async (_what, changes, error) => {
    await unchanged(storage, tenant.id, async () => expectRedirectError(await ask(changes), asker('web'), error));
  });

  it('A5 positive control: the same request unspoiled begins a flow', async () => {
    await begins({ resource: ORDERS, scope: 'openid orders:read' });
  });

  it.each(['scope=bogus', 'response_type=token', 'request=x'])(
    'A17 MT-02 %s → the same verdict whatever host the request names',
    async (text) => {
      const changes = Object.fromEntries(new URLSearchParams(text));
      const answer = await sameVerdict(() => ask(changes));
      expect(answer.params()['iss']).toBe(tenant.issuer);
    },
  );

  it.each(PKCE_REFUSALS)(
    '%s → invalid_request for public clients and those that say so; CVE-2023-48228 CVE-2024-23647 CVE-2024-22258 CVE-2025-4144',
    async (_what, changes) => {
      await unchanged(storage, tenant.id, async () => {
        for (const id of ['spa', 'proven']) expectRedirectError(await ask(changes, id), asker(id), 'invalid_request');
      });
    },
  );

  it('A8 CO-06 a confidential client may go without PKCE where nothing asks for it, but not with half of it', async () => {
    await begins(NO_PKCE);
    for (const [, changes] of PKCE_REFUSALS.slice(2))
      expectRedirectError(await ask(changes), asker('web'), 'invalid_request');
  });

  it('A8 CO-08 CVE-2026-67336 plain needs the client’s legacy flag and is not advertised', async () => {
    for (const changes of [{ code_challenge_method: 'plain' }, { code_challenge_method: undefined }]) {
      await begins(changes, 'older');
    }
    expectRedirectError(await ask({ code_challenge_method: 'S512' }, 'older'), asker('older'), 'invalid_request');
    const metadata = await request(`${tenant.issuer}/.well-known/openid-configuration`);
    expect(metadata.json()['code_challenge_methods_supported']).toEqual(['S256']);
  });

  it.each(['token', 'id_token', 'id_token token', 'code token', 'code id_token', 'code id_token token'])(
    'AZ-12 AZ-13 A3 A4 response_type=%s is off and not the client’s → refused in every mode, nothing stored',
    async (responseType) => {
      await unchanged(storage, tenant.id, async () => {
        for (const mode of [undefined, 'query', 'fragment', 'form_post']) {
          const answer = await ask({ response_type: responseType, response_mode: mode });
          // I3: that tokens do not travel in a query is said first.
          const refusals =
            mode === 'query' ? ['invalid_request'] : ['unauthorized_client', 'unsupported_response_type'];
          expect(refusals).toContain(answer.params()['error']);
          expectRedirectError(answer, asker('web'), answer.params()['error'] as string);
        }
      });
    },
  );

  it.each(['query.jwt', 'fragment.jwt', 'form_post.jwt', 'jwt', 'web_message', 'pi.flow.jwt'])(
    'AZ-12 A3 response_mode=%s is nobody’s → invalid_request',
    async (mode) => expectRedirectError(await ask({ response_mode: mode }), asker('web'), 'invalid_request'),
  );

  it('AZ-12 A4 a client without the authorization code grant → unauthorized_client', async () => {
    expectRedirectError(await ask({ scope: 'openid' }, 'codeless'), asker('codeless'), 'unauthorized_client');
  });

  it('A5 X9 scopes of two resources need the client’s flag', async () => {
    expectRedirectError(
      await ask({ scope: 'openid orders:read billing:read' }, 'both'),
      asker('both'),
      'invalid_scope',
    );
    await begins({ scope: 'openid billing:read' }, 'both');
  });

  it('A5 state comes back untouched, absent state stays absent', async () => {
    const odd = 'é ☃ %41 +&=#"<>\\ 日本';
    expectRedirectError(await ask({ scope: 'bogus', state: odd }), asker('web'), 'invalid_scope', odd);
    const silent = await ask({ scope: 'bogus', state: undefined });
    expect(silent.params()).not.toHaveProperty('state');
    expectErrorPage(await request(`${tenant.app().authorizeUrl()}&state=%00`));
  });

  it('A9 CVE-2020-10770 CVE-2026-1180 a request_uri is refused without a look at it', async () => {
    let visits = 0;
    const listener = createServer((_request, response) => {
      visits += 1;
      response.end();
    });
    await new Promise<void>((ready) => listener.listen(0, '127.0.0.1', ready));
    const { port } = listener.address() as AddressInfo;
    const answer = await ask({ request_uri: `http://127.0.0.1:${port}/r` });
    expectRedirectError(answer, asker('web'), 'request_uri_not_supported');
    await new Promise((closed) => listener.close(closed));
    expect(visits).toBe(0);
  });
});

describe('repeated and unknown parameters', () => {
  const storage = new Storage();
  let tenant: Tenant;

  beforeAll(async () => {
    tenant = await Tenant.create();
  });

  afterAll(() => storage.close());

  const twice = (name: string, value: string) => `${tenant.app().authorizeUrl()}&${name}=${encodeURIComponent(value)}`;

  it.each([
    ['client_id', 'web'],
    ['client_id', 'spa'],
    ['redirect_uri', 'https://rp.example/callback'],
    ['redirect_uri', 'https://evil.test/'],
  ])('AZ-06 X2 %s twice (%s) → page', async (name, value) => {
    await unchanged(storage, tenant.id, async () =>
      expectErrorPage(await sameVerdict(() => request(twice(name, value)))),
    );
  });

  it.each(['state', 'scope', 'response_type', 'nonce', 'code_challenge', 'code_challenge_method'])(
    'AZ-06 X2 %s twice → invalid_request',
    async (name) => {
      const { [name]: value = '' } = tenant.app().authorizeParams();
      await unchanged(storage, tenant.id, async () => {
        expectRedirectError(await request(twice(name, value)), tenant.app(), 'invalid_request');
        expectRedirectError(await request(twice(name, 'other')), tenant.app(), 'invalid_request');
      });
    },
  );

  it('X2 twice in a form counts as well', async () => {
    const { issuer } = tenant.app();
    const body = `${new URLSearchParams(tenant.app().authorizeParams())}&state=again`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await request(`${issuer}/authorize`, { method: 'POST', headers, body });
    expectRedirectError(answer, tenant.app(), 'invalid_request');
  });

  it('X2 resource may repeat; empty is absent; unknown parameters are ignored', async () => {
    for (const query of [
      `&resource=${encodeURIComponent(ORDERS)}&resource=${encodeURIComponent(ORDERS)}`,
      '&request=&request_uri=&registration=&prompt=&max_age=&resource=',
      '&whatever=1&__proto__=x&constructor=y&environment=other&tenant_id=other',
    ]) {
      const answer = await request(tenant.app().authorizeUrl() + query);
      expect([query, answer.location]).toEqual([query, expect.stringMatching(`/${tenant.id}/signon\\?flowId=`)]);
    }
  });
});
