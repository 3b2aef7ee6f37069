import { NO_LEGACY } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import { aCall, aClient, anEnvironment, aPost, aPublicClient, aResource, MemoryStores } from '@grantway/testing';
import { aContext, ISSUER, type Known, outcome } from '../../../test/a-context.js';
import { AuthorizeContext } from '../authorize-context.js';
import { BoundParams } from './bound-params.step.js';
import { CheckPkce } from './check-pkce.step.js';
import { CheckPrompt } from './check-prompt.step.js';
import { CheckRedirectUri } from './check-redirect-uri.step.js';
import { CheckResponseMode } from './check-response-mode.step.js';
import { CheckResponseType } from './check-response-type.step.js';
import { CheckScope } from './check-scope.step.js';
import { FindClient } from './find-client.step.js';
import { ParseParams } from './parse-params.step.js';
import { RefuseUnsupported } from './refuse-unsupported.step.js';

const CHALLENGE = 'a'.repeat(43);

describe('ParseParams', () => {
  const parse = (call = aCall()) =>
    outcome(
      new ParseParams(),
      new AuthorizeContext(call, anEnvironment(), ISSUER, call.method === 'POST' ? call.form : call.query),
    );

  it('AZ-19 GET and form POST alike', async () => {
    const form = { client_id: 'shop', state: 's' };
    const posted = (await parse(aPost(form))) as AuthorizeContext;
    const asked = (await parse(aCall({ query: { client_id: ['shop'], state: ['s'] } }))) as AuthorizeContext;
    expect([...posted.params]).toEqual([...asked.params]);
    expect([...posted.params]).toEqual(Object.entries(form));
  });

  it('AZ-19 of a POST only the body counts, of a GET only the query', async () => {
    const both = { query: { client_id: ['query'] }, form: { client_id: ['form'] } };
    expect(((await parse(aCall(both))) as AuthorizeContext).params.get('client_id')).toBe('query');
    expect(((await parse(aCall({ ...both, method: 'POST' }))) as AuthorizeContext).params.get('client_id')).toBe(
      'form',
    );
  });

  it('X2 empty is absent', async () => {
    expect(((await parse(aCall({ query: { scope: [''], state: [] } }))) as AuthorizeContext).params.size).toBe(0);
  });

  it.each(['client_id', 'redirect_uri'])('AZ-06 %s twice is told on a page', async (name) => {
    expect(await parse(aCall({ query: { [name]: ['a', 'a'] } }))).toBe('invalid_request');
  });

  it('RFC 8707 §2 the same resource twice is one', async () => {
    const { resources } = (await parse(aCall({ query: { resource: ['x', 'x'] } }))) as AuthorizeContext;
    expect(resources).toEqual(['x']);
  });

  it('AZ-06 RFC 8707 §2 another one twice is remembered, resource may repeat', async () => {
    const query = { state: ['a', 'b'], resource: ['x', '', 'y'] };
    const { repeated, resources } = (await parse(aCall({ query }))) as AuthorizeContext;
    expect([[...repeated], resources]).toEqual([['state'], ['x', 'y']]);
  });
});

describe('FindClient', () => {
  const stores = new MemoryStores();
  stores.clients.add(
    aClient(),
    aClient({ id: 'off', enabled: false }),
    aClient({ id: 'theirs', environmentId: 'other' }),
  );
  const find = (params: Record<string, string>) =>
    outcome(new FindClient(stores.clients), aContext(params, { client: aClient({ id: '' }) }));

  it('A1 the client of this environment', async () => {
    expect(await find({ client_id: 'shop' })).toMatchObject({ client: { id: 'shop' } });
  });

  it.each([
    ['missing', {}, 'invalid_request'],
    ['unknown', { client_id: 'nobody' }, 'invalid_client'],
    ['X14 disabled', { client_id: 'off' }, 'invalid_client'],
    ['MT-01 another environment’s', { client_id: 'theirs' }, 'invalid_client'],
  ])('A1 a client that is %s', async (_what, params, code) => {
    expect(await find(params as Record<string, string>)).toBe(code);
  });
});

describe('CheckRedirectUri', () => {
  const check = (params: Record<string, string>, ...redirectUris: string[]) => {
    const context = aContext(params, { client: aClient({ redirectUris }) });
    delete context.redirectUri;
    return outcome(new CheckRedirectUri(), context);
  };

  it('A2 a registered one', async () => {
    const redirect_uri = 'https://b.example/cb';
    expect(await check({ redirect_uri }, 'https://a.example/cb', redirect_uri)).toMatchObject({
      redirectUri: redirect_uri,
    });
  });

  it('RFC 6749 §3.1.2.3 plain OAuth may leave out the only one', async () => {
    expect(await check({ scope: 'orders:read' }, 'https://a.example/cb')).toMatchObject({
      redirectUri: 'https://a.example/cb',
    });
  });

  it.each([
    ['AZ-01 another', { redirect_uri: 'https://evil/' }, ['https://a.example/cb']],
    ['AZ-01 a look-alike', { redirect_uri: 'https://a.example/cb/' }, ['https://a.example/cb']],
    ['AZ-03 none of two', {}, ['https://a.example/cb', 'https://b.example/cb']],
    ['AZ-03 none for OpenID Connect', { scope: 'orders:read openid' }, ['https://a.example/cb']],
    ['AZ-03 none for OpenID Connect by default', { default: 'openid' }, ['https://a.example/cb']],
    ['A1 any, where none is registered', { redirect_uri: 'https://a.example/cb' }, []],
    ['A1 none, where none is registered', {}, []],
  ])('%s', async (_what, params, registered) => {
    const { default: scope, ...sent } = params as Record<string, string>;
    const defaultScopes = scope === undefined ? [] : [scope];
    const context = aContext(sent, { client: aClient({ redirectUris: registered, defaultScopes }) });
    delete context.redirectUri;
    expect(await outcome(new CheckRedirectUri(), context)).toBe('invalid_request');
    // AZ-02: nothing of the refusal may go anywhere but a page.
    expect(context.redirectUri).toBeUndefined();
  });
});

describe('CheckResponseMode', () => {
  const check = (params: Record<string, string>, redirectUri?: string) =>
    outcome(new CheckResponseMode(), aContext(params, redirectUri ? { redirectUri } : {}));

  it.each([
    ['query', {}],
    ['query', { response_type: 'code' }],
    ['fragment', { response_type: 'token' }],
    ['fragment', { response_type: 'token code' }],
    ['form_post', { response_type: 'id_token', response_mode: 'form_post' }],
    ['pi.flow', { response_mode: 'pi.flow' }],
    ['query', { response_mode: 'query' }],
    ['fragment', { response_mode: 'fragment' }],
    ['form_post', { response_mode: 'form_post' }],
  ])('Multiple Response Types §2.1 %s', async (responseMode, params) => {
    expect(await check(params as Record<string, string>)).toMatchObject({ responseMode });
  });

  it.each(['bogus', 'QUERY', 'query.jwt', 'PI.FLOW', 'query fragment'])('A3 %s is refused', async (response_mode) => {
    expect(await check({ response_mode })).toBe('invalid_request');
  });

  it.each(['token', 'id_token', 'code id_token', 'token code'])(
    'I3 H1 A3 no query carries tokens: %s; and the refusal goes the way they would have',
    async (response_type) => {
      const context = aContext({ response_type, response_mode: 'query' });
      expect(await outcome(new CheckResponseMode(), context)).toBe('invalid_request');
      expect(context.responseMode).toBe('fragment');
    },
  );

  it('AZ-11 no browser can post to an app’s scheme', async () => {
    expect(await check({ response_mode: 'form_post' }, 'com.example.app:/cb')).toBe('invalid_request');
  });
});

describe('RefuseUnsupported', () => {
  it.each([
    ['request_uri', 'request_uri_not_supported'],
    ['registration', 'registration_not_supported'],
    ['authorization_details', 'invalid_authorization_details'],
  ])('A9 X11 %s', async (name, code) => {
    expect(await outcome(new RefuseUnsupported(), aContext({ [name]: 'x' }))).toBe(code);
  });

  it('A9 a request object that was refused', async () => {
    const context = aContext({});
    context.requestObjectRefused = new OAuthError('invalid_request_object');
    expect(await outcome(new RefuseUnsupported(), context)).toBe('invalid_request_object');
  });

  it('AZ-06 a repeated parameter', async () => {
    const context = aContext({ state: 's' });
    context.repeated = new Set(['state']);
    expect(await outcome(new RefuseUnsupported(), context)).toBe('invalid_request');
  });

  it('RFC 6749 §3.1 an unknown parameter is ignored', async () => {
    expect(await outcome(new RefuseUnsupported(), aContext({ unknown: 'x' }))).toBeInstanceOf(AuthorizeContext);
  });
});

describe('CheckResponseType', () => {
  const check = (params: Record<string, string>, known: Known = {}) =>
    outcome(new CheckResponseType(), aContext(params, known));
  const everything = aClient({
    grantTypes: ['authorization_code', 'implicit'],
    responseTypes: ['code', 'token', 'id_token', 'code id_token'],
  });
  const frontChannel = anEnvironment({ grantTypes: ['authorization_code', 'implicit'] });

  it('A4 code', async () => {
    expect(await check({ response_type: 'code' })).toMatchObject({ responseType: 'code' });
  });

  it.each(['token', 'id_token', 'id_token code'])('I5 H1 %s where both levels have it on', async (response_type) => {
    const type = response_type.split(' ').sort().join(' ');
    expect(await check({ response_type }, { client: everything, environment: frontChannel })).toMatchObject({
      responseType: type,
    });
  });

  it.each([
    ['A3 missing', {}, {}, 'invalid_request'],
    ['A4 unknown', { response_type: 'bogus' }, {}, 'unsupported_response_type'],
    ['A4 in capitals', { response_type: 'Code' }, {}, 'unsupported_response_type'],
    ['A4 AZ-12 not the client’s', { response_type: 'token' }, {}, 'unauthorized_client'],
    ['A4 AZ-12 not the client’s, in another order', { response_type: 'id_token code' }, {}, 'unauthorized_client'],
    [
      'AZ-12 the client’s, but off here',
      { response_type: 'token' },
      { client: everything },
      'unsupported_response_type',
    ],
    [
      'H1 the client lacks one of the two grants',
      { response_type: 'code id_token' },
      { client: aClient({ responseTypes: ['code id_token'] }), environment: frontChannel },
      'unauthorized_client',
    ],
    [
      'H1 the environment lacks one of the two grants',
      { response_type: 'code id_token' },
      { client: everything },
      'unsupported_response_type',
    ],
    [
      'A4 the client lacks the grant',
      { response_type: 'code' },
      { client: aClient({ grantTypes: [] }) },
      'unauthorized_client',
    ],
    [
      'A4 the environment lacks the grant',
      { response_type: 'code' },
      { environment: anEnvironment({ grantTypes: [] }) },
      'unsupported_response_type',
    ],
  ])('%s', async (_what, params, known, code) => {
    expect(await check(params as Record<string, string>, known)).toBe(code);
  });
});

describe('CheckScope', () => {
  const stores = new MemoryStores();
  const stock = aResource({
    name: 'stock',
    audience: 'https://stock.example',
    scopes: [{ name: 'stock:read', description: '', userOnly: false }],
  });
  stores.resources.add(aResource(), stock);
  const all = aClient({ scopes: [...aClient().scopes, 'stock:read'] });
  const spanning = { ...all, multipleResources: true };
  const check = (scope: string, known: Known = {}) =>
    outcome(new CheckScope(stores.resources), aContext(scope ? { scope } : {}, { client: all, ...known }));
  const granted = async (scope: string, known: Known = {}) =>
    ((await check(scope, known)) as AuthorizeContext).scope.toArray();

  it('RFC 6749 §3.3 what is asked for and registered', async () => {
    expect(await granted('openid orders:read')).toEqual(['openid', 'orders:read']);
  });

  it('RFC 6749 §3.3 nothing asked gives the client’s default', async () => {
    expect(await granted('', { client: { ...all, defaultScopes: ['orders:read'] } })).toEqual(['orders:read']);
  });

  it.each([
    ['A5 malformed', 'a"b', {}, 'invalid_scope'],
    ['A5 unknown', 'openid bogus', {}, 'invalid_scope'],
    ['A5 known but not registered', 'stock:read', { client: aClient() }, 'invalid_scope'],
    [
      'A5 registered but nobody’s any more',
      'gone:read',
      { client: aClient({ scopes: ['gone:read'] }) },
      'invalid_scope',
    ],
    ['A5 missing, without a default', '', {}, 'invalid_scope'],
    ['AZ-18 of 101 tokens', Array.from({ length: 101 }, (_, index) => `s${index}`).join(' '), {}, 'invalid_scope'],
    ['X9 of two resources', 'orders:read stock:read', {}, 'invalid_scope'],
    ['X10 for a resource nobody knows', 'orders:read', { resources: ['https://evil.example'] }, 'invalid_target'],
    [
      'X10 for a resource with a fragment',
      'orders:read',
      { resources: ['https://orders.example#x'] },
      'invalid_target',
    ],
    [
      'X10 of a resource that was not asked for',
      'stock:read',
      { resources: ['https://orders.example'] },
      'invalid_target',
    ],
    [
      'X10 that says nothing of the resource that was asked for',
      'openid',
      { resources: ['https://orders.example'] },
      'invalid_target',
    ],
  ])('a scope %s', async (_what, scope, known, code) => {
    expect(await check(scope, known)).toBe(code);
  });

  it('X9 of two resources with the flag', async () => {
    expect(await granted('orders:read stock:read', { client: spanning })).toEqual(['orders:read', 'stock:read']);
  });

  it('OIDC Core §11 I5 offline_access is ignored where no refresh token can come of it', async () => {
    expect(await granted('openid offline_access')).toEqual(['openid', 'offline_access']);
    expect(await granted('openid offline_access', { client: { ...all, grantTypes: ['authorization_code'] } })).toEqual([
      'openid',
    ]);
    expect(await granted('openid offline_access', { responseType: 'id_token' })).toEqual(['openid']);
    expect(await granted('openid offline_access', { responseType: 'code id_token' })).toContain('offline_access');
  });
});

describe('CheckPkce', () => {
  const check = (params: Record<string, string>, known: Known = {}) =>
    outcome(new CheckPkce(), aContext(params, known));
  const S256 = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
  const plainClient = { client: aClient({ legacy: { ...NO_LEGACY, plainPkce: true } }) };

  it.each([
    ['a public client', { client: aPublicClient({ pkceRequired: false }) }],
    ['a client that must', { client: aClient({ pkceRequired: true }) }],
    ['an environment where all must', { environment: anEnvironment({ pkce: 'required' }) }],
  ])('CO-06 A8 compulsory for %s', async (_who, known) => {
    expect(await check({}, known)).toBe('invalid_request');
    expect(await check(S256, known)).toMatchObject({ codeChallenge: CHALLENGE, codeChallengeMethod: 'S256' });
  });

  it('RFC 7636 §4.3 there is nothing to protect without a code', async () => {
    expect(await check({}, { client: aPublicClient(), responseType: 'id_token token' })).toBeInstanceOf(
      AuthorizeContext,
    );
  });

  it('A8 a confidential client may do without', async () => {
    expect(await check({})).not.toHaveProperty('codeChallenge', expect.anything());
  });

  it.each([
    ['plain', { ...S256, code_challenge_method: 'plain' }],
    ['s256 in small letters', { ...S256, code_challenge_method: 's256' }],
    ['S512', { ...S256, code_challenge_method: 'S512' }],
    ['no method, which means plain', { code_challenge: CHALLENGE }],
    ['a method without a challenge', { code_challenge_method: 'S256' }],
    ['a challenge too short', { ...S256, code_challenge: 'a'.repeat(42) }],
    ['a challenge too long', { ...S256, code_challenge: 'a'.repeat(129) }],
    ['a challenge of other characters', { ...S256, code_challenge: `${'a'.repeat(42)}+` }],
  ])('CO-08 A8 %s', async (_what, params) => {
    expect(await check(params as Record<string, string>)).toBe('invalid_request');
  });

  it('CO-08 plain behind the legacy flag, said or not; an unknown method even then not', async () => {
    for (const params of [{ code_challenge: CHALLENGE }, { ...S256, code_challenge_method: 'plain' }]) {
      expect(await check(params, plainClient)).toMatchObject({ codeChallengeMethod: 'plain' });
    }
    expect(await check({ ...S256, code_challenge_method: 'S512' }, plainClient)).toBe('invalid_request');
  });
});

describe('CheckPrompt', () => {
  const check = (params: Record<string, string>) => outcome(new CheckPrompt(), aContext(params));

  it.each([
    ['', []],
    ['none', ['none']],
    ['login consent', ['login', 'consent']],
    ['select_account', ['select_account']],
  ])('OIDC Core §3.1.2.1 prompt "%s"', async (prompt, prompts) => {
    expect(await check(prompt ? { prompt } : {})).toMatchObject({ prompts });
  });

  it.each(['none login', 'none none', 'bogus', 'Login', 'login bogus'])('A6 prompt "%s"', async (prompt) => {
    expect(await check({ prompt })).toBe('invalid_request');
  });

  it.each([
    ['0', 0],
    ['3600', 3_600],
    ['999999999', 999_999_999],
  ])('A7 max_age %s', async (max_age, maxAge) => {
    expect(await check({ max_age })).toMatchObject({ maxAge });
  });

  it.each(['-1', '1.5', '1e3', 'soon', '9999999999', ' 1', '٣'])('A3 max_age "%s"', async (max_age) => {
    expect(await check({ max_age })).toBe('invalid_request');
  });
});

describe('BoundParams', () => {
  const check = (params: Record<string, string>) => outcome(new BoundParams(), aContext(params));

  it.each([
    ['state', 2_048],
    ['nonce', 512],
    ['login_hint', 512],
  ])('AZ-18 %s of %i characters passes, one more does not', async (name, most) => {
    expect(await check({ [name]: 'a'.repeat(most) })).toBeInstanceOf(AuthorizeContext);
    expect(await check({ [name]: 'a'.repeat(most + 1) })).toBe('invalid_request');
    // As it stands in an address: this one takes nine characters there.
    expect(await check({ [name]: '€'.repeat(Math.floor(most / 9) + 1) })).toBe('invalid_request');
  });

  it('AZ-18 a state too long for an answer does not come back in one', () => {
    const state = 'a'.repeat(2_048);
    expect(aContext({ state }).state).toBe(state);
    expect(aContext({ state: `${state}a` }).state).toBeUndefined();
  });

  it('AZ-18 what says nothing to us may be as long as it likes, within the limits of the door', async () => {
    expect(await check({ unknown: 'a'.repeat(50_000) })).toBeInstanceOf(AuthorizeContext);
  });
});
