import { assertionClaims, assertionForm, ClientKey, SecretKey } from './support/client-jwt.js';
import { Tenant } from './support/environments.js';
import { eventually } from './support/eventually.js';
import { request } from './support/http.js';
import { target } from './support/target.js';
import { expectErrorPage } from './support/verdict.js';

interface Metadata extends Record<string, unknown> {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  userinfo_endpoint: string;
  jwks_uri: string;
  grant_types_supported: string[];
  response_types_supported: string[];
  response_modes_supported: string[];
  token_endpoint_auth_methods_supported: string[];
  scopes_supported: string[];
  code_challenge_methods_supported: string[];
}

/** PR-09: answers that are JWTs do not exist here. */
const NO_MODES = ['jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt', 'web_message', 'pi.flow.jwt'];

describe('discovery, seeds §8 discovery', () => {
  let tenant: Tenant;
  let metadata: Metadata;

  beforeAll(async () => {
    tenant = await Tenant.create();
    metadata = (await request(`${tenant.issuer}/.well-known/openid-configuration`)).json<Metadata>();
  });

  const rfc8414 = (environment: string) => `${target.baseUrl}/.well-known/oauth-authorization-server/${environment}/as`;

  it('OIDC Discovery §4 RFC 8414 §3.1 both well-known paths say the same, as cacheable JSON', async () => {
    const answers = await Promise.all([
      request(`${tenant.issuer}/.well-known/openid-configuration`),
      request(rfc8414(tenant.id)),
    ]);
    for (const { status, headers } of answers) {
      expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
      expect(headers.get('cache-control') ?? '').not.toContain('no-store');
    }
    expect(answers[1]?.json()).toEqual(answers[0]?.json());
  });

  it('RFC 8414 §3.3 the issuer is exactly the one whose address was asked, and every endpoint lies under it', () => {
    expect(metadata.issuer).toBe(tenant.issuer);
    const endpoints = Object.entries(metadata).filter(([name]) => /_(?:endpoint|uri)$/.test(name));
    expect(endpoints.length).toBeGreaterThanOrEqual(4);
    for (const [, url] of endpoints) expect(String(url).startsWith(`${tenant.issuer}/`)).toBe(true);
  });

  it('OIDC Discovery §3 RFC 8414 §2 RFC 9207 §3 A17 what is required is there, and nothing that is not switched on', () => {
    expect(metadata).toMatchObject({
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      request_parameter_supported: true,
      request_uri_parameter_supported: false,
    });
    expect([...metadata.grant_types_supported].sort()).toEqual([
      'authorization_code',
      'client_credentials',
      'refresh_token',
    ]);
    const later = ['device_authorization', 'backchannel_authentication', 'registration', 'check_session_iframe'];
    for (const name of later) expect(metadata).not.toHaveProperty(`${name}_endpoint`);
    expect(JSON.stringify(metadata)).not.toMatch(/"(?:none"?\s*:|plain|implicit)/);
  });

  it('X6 each advertised grant type is served, every other one is refused as unsupported', async () => {
    const service = tenant.app('service');
    const web = tenant.app('web');
    const asked = async (grant_type: string) => {
      const app = grant_type === 'client_credentials' ? service : web;
      return app.token({ grant_type });
    };
    for (const type of metadata.grant_types_supported) expect((await asked(type)).text).not.toContain('unsupported');
    const others = ['implicit', 'password', 'urn:ietf:params:oauth:grant-type:device_code', 'Client_Credentials'];
    for (const type of others) expect((await asked(type)).error).toBe('unsupported_grant_type');
  });

  it('A3 each advertised response mode answers in its way, every other one is refused', async () => {
    const answers = Object.fromEntries(
      await Promise.all(
        [...metadata.response_modes_supported, ...NO_MODES].map(async (response_mode) => {
          const answer = await request(tenant.app().authorizeUrl({ response_mode, prompt: 'none' }));
          const isJson = answer.headers.get('content-type')?.startsWith('application/json');
          const at = answer.location?.replace(/[^?#]*([?#]?).*/s, '$1') ?? (isJson ? 'JSON' : 'page');
          return [response_mode, { ...(isJson ? answer.json() : answer.params()), at }];
        }),
      ),
    );
    expect([...metadata.response_modes_supported].sort()).toEqual(['form_post', 'fragment', 'pi.flow', 'query']);
    expect(answers).toMatchObject({
      query: { error: 'login_required', at: '?' },
      fragment: { error: 'login_required', at: '#' },
      form_post: { error: 'login_required', at: 'page' },
      'pi.flow': { error: 'login_required', iss: tenant.issuer, at: 'JSON' },
      ...Object.fromEntries(NO_MODES.map((mode) => [mode, { error: 'invalid_request' }])),
    });
  });

  it('X3 each advertised client authentication method works for the client that registered it', async () => {
    const [key, shared] = [ClientKey.make(), 'a-secret-that-is-long-enough-for-hs256'];
    const all = await Tenant.create((file) => {
      const service = file.clients.find(({ id }) => id === 'service') as (typeof file.clients)[0];
      const { secret: _secret, ...secretless } = service;
      file.clients.push(
        { ...service, id: 'post', auth: 'client_secret_post' },
        { ...service, id: 'sealed', auth: 'client_secret_jwt', secret: shared },
        { ...secretless, id: 'signer', auth: 'private_key_jwt', jwks: { keys: [key.publicJwk] } },
      );
    });
    expect([...metadata.token_endpoint_auth_methods_supported].sort()).toEqual([
      'client_secret_basic',
      'client_secret_jwt',
      'client_secret_post',
      'none',
      'private_key_jwt',
    ]);
    const asserted = (id: string, by: ClientKey | SecretKey) => {
      const form = assertionForm(by.jwt(assertionClaims(id, all.issuer)));
      const body = new URLSearchParams({ grant_type: 'client_credentials', ...form });
      return request(`${all.issuer}/token`, { method: 'POST', body });
    };
    const [sealed, signer] = [await asserted('sealed', new SecretKey(shared)), await asserted('signer', key)];
    expect([sealed.status, signer.status]).toEqual([200, 200]);
    const basic = await all.app('service').token({ grant_type: 'client_credentials' });
    const { secret: client_secret = '' } = all.client('post');
    const form = { grant_type: 'client_credentials', client_id: 'post', client_secret };
    const post = await request(`${all.issuer}/token`, { method: 'POST', body: new URLSearchParams(form) });
    const none = await all.app('spa').refresh('no-such-token');
    expect([basic.status, post.status, none.error]).toEqual([200, 200, 'invalid_grant']);
  });

  it('OIDC Discovery §3 the scopes are those of the environment', () => {
    expect([...metadata.scopes_supported].sort()).toEqual(
      expect.arrayContaining(['billing:read', 'email', 'offline_access', 'openid', 'orders:read', 'profile']),
    );
  });

  it('X6 an environment without client_credentials neither advertises nor serves it', async () => {
    const closed = await Tenant.create((file) => {
      file.grantTypes = ['authorization_code'];
      file.clients = file.clients.filter(({ id }) => id === 'web');
      for (const client of file.clients) client.grantTypes = ['authorization_code'];
    });
    const said = (await request(`${closed.issuer}/.well-known/openid-configuration`)).json<Metadata>();
    expect(said.grant_types_supported).toEqual(['authorization_code']);
    expect(said.scopes_supported).not.toContain('offline_access');
    for (const grant_type of ['client_credentials', 'refresh_token']) {
      expect((await closed.app().token({ grant_type, refresh_token: 'x' })).error).toBe('unsupported_grant_type');
    }
  });

  it('A4 an environment without authorization_code offers no response type, and its clients none either', async () => {
    const machines = await Tenant.create((file) => {
      file.grantTypes = ['client_credentials'];
      file.clients = file.clients.filter(({ id }) => id === 'service');
    });
    const said = (await request(`${machines.issuer}/.well-known/openid-configuration`)).json<Metadata>();
    expect([said.response_types_supported, said.grant_types_supported]).toEqual([[], ['client_credentials']]);
    expectErrorPage(await request(machines.app('service').authorizeUrl()));
    expect((await machines.app('service').token({ grant_type: 'client_credentials' })).status).toBe(200);
  });

  it('house: a change of the environment shows within a second', async () => {
    const changing = await Tenant.create();
    const grants = async () =>
      (await request(`${changing.issuer}/.well-known/openid-configuration`)).json<Metadata>().grant_types_supported;
    expect(await grants()).toContain('client_credentials');
    await changing.change((file) => {
      file.grantTypes = ['authorization_code', 'refresh_token'];
      file.clients = file.clients.filter(({ id }) => id !== 'service');
    });
    expect(await eventually(grants, (types) => !types.includes('client_credentials'))).not.toContain(
      'client_credentials',
    );
  });

  it('house: an unknown environment is 404 at every companion endpoint', async () => {
    const nobody = `${target.baseUrl}/nobody-here/as`;
    const urls = [
      `${nobody}/.well-known/openid-configuration`,
      rfc8414('nobody-here'),
      `${nobody}/jwks`,
      `${nobody}/userinfo`,
    ];
    const answers = await Promise.all(urls.map((url) => request(url)));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });
});
