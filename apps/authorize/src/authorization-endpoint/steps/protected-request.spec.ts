import type { ClientJwtVerifier } from '@grantway/client-auth';
import { aClient, anEnvironment, aUser, MemoryStores } from '@grantway/testing';
import type { TokenVerifier } from '@grantway/token-signing';
import { aContext, ISSUER, type Known, outcome } from '../../../test/a-context.js';
import { AuthorizeContext } from '../authorize-context.js';
import { HINTED_SUBJECT } from '../parameters.js';
import { CheckAuthenticationContext } from './check-authentication-context.step.js';
import { CheckHint } from './check-hint.step.js';
import { CheckNonce } from './check-nonce.step.js';
import { LoadPushedRequest } from './load-pushed-request.step.js';
import { ReadRequestObject } from './read-request-object.step.js';
import { RequireProtection } from './require-protection.step.js';

/** A verifier of clients' JWTs that knows one. */
const knows = (claims: object) =>
  ({
    verify: async (token: string) => (token === 'good' ? { claims } : { refused: 'signature' }),
  }) as unknown as ClientJwtVerifier;

describe('LoadPushedRequest', () => {
  async function house(lifetime = 60) {
    const stores = new MemoryStores();
    const params = { client_id: ['shop'], scope: ['openid'], resource: ['https://a.example', 'https://b.example'] };
    const request_uri = await stores.pushed.push({ environmentId: 'acme', clientId: 'shop', params, lifetime });
    const load = (asked: Record<string, string>, known: Known = {}) =>
      outcome(new LoadPushedRequest(stores.pushed), aContext(asked, known));
    return { stores, request_uri, load };
  }

  it('P3 RFC 9126 §4 what was pushed counts, and nothing beside it', async () => {
    const { load, request_uri } = await house();
    const context = (await load({ client_id: 'shop', request_uri, scope: 'email', state: 'x' })) as AuthorizeContext;
    expect(Object.fromEntries(context.params)).toEqual({
      client_id: 'shop',
      scope: 'openid',
      resource: 'https://a.example',
    });
    expect(context.resources).toEqual(['https://a.example', 'https://b.example']);
    expect(context.pushed).toMatchObject({ clientId: 'shop' });
  });

  it.each([
    ['another client’s', { client_id: 'other' }, {}],
    ['nobody’s', {}, {}],
    ['MT-01 another environment’s', { client_id: 'shop' }, { environment: anEnvironment({ id: 'other' }) }],
  ])('P3 PR-02 %s', async (_whose, asked, known) => {
    const { load, request_uri } = await house();
    expect(await load({ ...(asked as Record<string, string>), request_uri }, known)).toBe('invalid_request_uri');
  });

  it('P3 PR-02 expired, or guessed', async () => {
    const { stores, load, request_uri } = await house(10);
    expect(await load({ client_id: 'shop', request_uri: `${request_uri.slice(0, -1)}~` })).toBe('invalid_request_uri');
    stores.clock.elapse(11);
    expect(await load({ client_id: 'shop', request_uri })).toBe('invalid_request_uri');
  });

  it('PR-05 any other address is left alone, to be refused unseen', async () => {
    const { load } = await house();
    const context = (await load({ client_id: 'shop', request_uri: 'https://evil.example/x' })) as AuthorizeContext;
    expect([context.pushed, context.params.get('request_uri')]).toEqual([undefined, 'https://evil.example/x']);
  });
});

describe('ReadRequestObject', () => {
  const CLAIMS = {
    ...{ iss: 'shop', aud: ISSUER, exp: 1, client_id: 'shop', scope: 'openid', max_age: 60 },
    resource: ['https://a.example', 'https://b.example'],
    claims: { id_token: {} },
  };
  const read = (params: Record<string, string>, claims: object = CLAIMS) => {
    const context = aContext({ client_id: 'shop', ...params });
    return outcome(new ReadRequestObject(knows(claims)), context).then((ended) => ({ ended, context }));
  };

  it('PR-07 RFC 9101 §6.3 only what the client signed counts', async () => {
    const { context } = await read({ request: 'good', nonce: 'outside', state: 'outside' });
    expect(Object.fromEntries(context.params)).toEqual({
      client_id: 'shop',
      scope: 'openid',
      max_age: '60',
      resource: 'https://a.example',
      claims: '{"id_token":{}}',
    });
    expect(context.resources).toEqual(['https://a.example', 'https://b.example']);
    expect(context.signed).toBe(true);
  });

  it.each([
    ['names another client', { ...CLAIMS, client_id: 'other' }],
    ['names none', { ...CLAIMS, client_id: undefined }],
  ])('PR-07 an object that %s is told on a page', async (_what, claims) => {
    expect((await read({ request: 'good' }, claims)).ended).toBe('invalid_request');
  });

  it.each([
    ['A9 PR-06 a bad signature', 'bad', CLAIMS],
    ['PR-07 another object within', 'good', { ...CLAIMS, request: 'x' }],
    ['PR-07 a reference within', 'good', { ...CLAIMS, request_uri: 'https://evil.example' }],
    ['HT-01 half of a surrogate pair', 'good', { ...CLAIMS, state: '\ud800' }],
    ['HT-01 U+0000', 'good', { ...CLAIMS, nonce: 'n\0' }],
    ['HT-01 U+0000 in a name', 'good', { ...CLAIMS, 'x\0': 'y' }],
    ['HT-01 U+0000 in a resource', 'good', { ...CLAIMS, resource: ['a\0'] }],
  ])('%s is refused once it is known where to tell it', async (_what, request, claims) => {
    const { ended, context } = await read({ request, redirect_uri: 'https://shop.example/callback' }, claims);
    expect(ended).toBeInstanceOf(AuthorizeContext);
    expect(context.requestObjectRefused).toEqual(expect.objectContaining({ code: 'invalid_request_object' }));
    expect(context.params.get('redirect_uri')).toBe('https://shop.example/callback');
    expect(context.signed).toBe(false);
  });

  it('RFC 9101 §5 beside a reference the object is left unread, and the reference is refused', async () => {
    const { context } = await read({ request: 'good', request_uri: 'https://evil.example/x' });
    expect([context.signed, context.params.has('request_uri')]).toEqual([false, true]);
  });

  it('P1 what was in a pushed object is not read twice', async () => {
    const context = aContext({ request: 'bad' });
    context.pushed = { id: 'x', environmentId: 'acme', clientId: 'shop', params: {} };
    await new ReadRequestObject(knows(CLAIMS)).run(context);
    expect(context.requestObjectRefused).toBeUndefined();
  });
});

describe('RequireProtection', () => {
  const pushing = aClient({ par: { required: true } });
  const signing = aClient({ requestObjects: 'required' });
  const check = (known: Known, change: (context: AuthorizeContext) => void = () => {}) => {
    const context = aContext({}, known);
    change(context);
    return outcome(new RequireProtection(), context);
  };
  const pushed = (context: AuthorizeContext) => {
    context.pushed = { id: 'x', environmentId: 'acme', clientId: 'shop', params: {} };
  };

  it.each([
    ['P4 the client wants requests pushed', { client: pushing }],
    ['P4 the environment wants requests pushed', { environment: anEnvironment({ par: 'required' }) }],
    ['PR-04 the client wants requests signed', { client: signing }],
  ])('%s, and this one came as it is', async (_rule, known) => {
    expect(await check(known)).toBe('invalid_request');
  });

  it('P4 PR-04 pushed or signed it passes, and while it is being pushed it need not have been', async () => {
    expect(await check({ client: pushing }, pushed)).toBeInstanceOf(AuthorizeContext);
    expect(await check({ client: signing }, (context) => Object.assign(context, { signed: true }))).toBeInstanceOf(
      AuthorizeContext,
    );
    expect(await check({ client: pushing }, (context) => Object.assign(context, { isPush: true }))).toBeInstanceOf(
      AuthorizeContext,
    );
  });

  it('PR-04 pushing is not signing', async () => {
    expect(await check({ client: signing }, (context) => Object.assign(context, { isPush: true }))).toBe(
      'invalid_request',
    );
    // What was pushed passed this check when it was.
    expect(await check({ client: signing }, pushed)).toBeInstanceOf(AuthorizeContext);
  });

  it('P4 signing is not pushing', async () => {
    expect(await check({ client: pushing }, (context) => Object.assign(context, { signed: true }))).toBe(
      'invalid_request',
    );
  });
});

describe('CheckNonce', () => {
  const check = (responseType: AuthorizeContext['responseType'], scope: string[], nonce?: string) => {
    const context = aContext(nonce === undefined ? {} : { nonce }, { responseType });
    context.scope = { has: (token: string) => scope.includes(token) } as AuthorizeContext['scope'];
    return outcome(new CheckNonce(), context);
  };

  it.each(['id_token', 'id_token token', 'code id_token', 'code id_token token'] as const)(
    'I2 H2 OI-01 %s needs openid and a nonce',
    async (type) => {
      expect(await check(type, ['openid'], 'n')).toBeInstanceOf(AuthorizeContext);
      expect(await check(type, ['openid'])).toBe('invalid_request');
      expect(await check(type, ['orders:read'], 'n')).toBe('invalid_request');
    },
  );

  it.each(['code', 'token', 'code token'] as const)('H2 %s needs neither', async (type) => {
    expect(await check(type, ['orders:read'])).toBeInstanceOf(AuthorizeContext);
  });
});

describe('CheckAuthenticationContext', () => {
  const check = (params: Record<string, string>) => outcome(new CheckAuthenticationContext(), aContext(params));
  const essential = (acr: object) => check({ claims: JSON.stringify({ id_token: { acr } }) });

  it.each([
    [{ essential: true, value: 'Multi_Factor' }],
    [{ essential: true, values: ['Multi_Factor', 'phr'] }],
    [{ essential: true, values: [] }],
  ])('OI-03 %j cannot be met', async (acr) => {
    expect(await essential(acr)).toBe('unmet_authentication_requirements');
  });

  it.each([
    [{ essential: true, values: ['Multi_Factor', 'Single_Factor'] }],
    [{ essential: true, value: 'Single_Factor' }],
    [{ essential: true }],
    [{ essential: false, value: 'Multi_Factor' }],
    [{ value: 'Multi_Factor' }],
  ])('OI-03 %j can', async (acr) => {
    expect(await essential(acr)).toBeInstanceOf(AuthorizeContext);
  });

  it.each(['x', '[]', 'null', '"a"', '{'])('A3 claims %s', async (claims) => {
    expect(await check({ claims })).toBe('invalid_request');
  });

  it.each([
    '{"id_token":null}',
    '{"id_token":{"acr":null}}',
    '{"userinfo":{"email":{"essential":true}}}',
    '{"__proto__":{}}',
  ])('OI-04 claims %s asks for nothing we would do', async (claims) => {
    expect(await check({ claims })).toBeInstanceOf(AuthorizeContext);
  });
});

describe('CheckHint', () => {
  const stores = new MemoryStores();
  stores.users.add(aUser());
  /** A verifier of ours that knows one hint. */
  const check = (
    params: Record<string, string>,
    claims: object | undefined = { sub: 'user-alice', aud: 'shop' },
    theirs: object = { sub: 'user-alice' },
    pushed?: string,
  ) => {
    const asked: unknown[] = [];
    const verify = async (token: string, expected: object) => {
      asked.push(expected);
      return token === 'good' ? claims : undefined;
    };
    const context = aContext(params);
    if (pushed) Object.assign(context, { pushed: { params: { [HINTED_SUBJECT]: [pushed] } } });
    const step = new CheckHint({ verify } as unknown as TokenVerifier, knows(theirs), stores.users);
    return outcome(step, context).then((ended) => {
      const { hintedSubject: hinted, loginHint } = context;
      return { ended: typeof ended === 'string' ? ended : 'passed', hinted, loginHint, asked };
    });
  };

  it('A7 whom the client believes to be there', async () => {
    expect(await check({ id_token_hint: 'good' })).toMatchObject({
      hinted: 'user-alice',
      asked: [{ environmentId: 'acme', issuer: ISSUER, purpose: 'id_token_hint' }],
    });
    const several = await check({ id_token_hint: 'good' }, { sub: 'user-alice', aud: ['shop', 'other'] });
    expect(several.hinted).toBe('user-alice');
  });

  it('house: of two hints the login_hint_token counts, whether it is read now or was when it was pushed', async () => {
    const claims = { sub: 'user-bob', aud: 'shop' };
    for (const id_token_hint of ['good', 'bad']) {
      expect((await check({ id_token_hint, login_hint_token: 'good' }, claims)).hinted).toBe('user-alice');
      expect((await check({ id_token_hint }, claims, {}, 'user-alice')).hinted).toBe('user-alice');
    }
  });

  it('A7 nobody in particular without a hint', async () => {
    expect(await check({})).toMatchObject({ hinted: undefined, loginHint: undefined, asked: [] });
    expect(await check({ login_hint: 'alice' })).toMatchObject({ hinted: undefined, loginHint: 'alice' });
  });

  it.each([
    ['is no token of ours', 'bad', undefined],
    ['was for another client', 'good', { sub: 'user-alice', aud: 'other' }],
    ['was for a client whose id contains ours', 'good', { sub: 'user-alice', aud: 'shop-2' }],
    ['names nobody', 'good', { aud: 'shop' }],
  ])('JW-03 a hint that %s fits nobody', async (_what, id_token_hint, claims) => {
    expect((await check({ id_token_hint }, claims)).hinted).toBe('');
  });

  it.each(['user-alice', 'alice', 'ALICE'])('house: a login_hint_token names %s', async (sub) => {
    expect(await check({ login_hint_token: 'good' }, undefined, { sub })).toMatchObject({
      ended: 'passed',
      hinted: 'user-alice',
      loginHint: 'alice',
    });
  });

  it.each([
    ['is signed by somebody else', 'bad', { sub: 'alice' }],
    ['names nobody we know', 'good', { sub: 'mallory' }],
    ['names nobody', 'good', {}],
  ])('house: a login_hint_token that %s makes the request wrong', async (_what, login_hint_token, claims) => {
    expect((await check({ login_hint_token }, undefined, claims)).ended).toBe('invalid_request');
  });
});
