import { INTROSPECTION_GUESS } from '@grantway/domain';
import { aClient, anEnvironment, aPost, aResource, aUser } from '@grantway/testing';
import { basic, companions, ISSUER, OPAQUE, ORDERS } from '../../test/companion-house.js';

const INACTIVE = { active: false };
const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' };

describe('introspection', () => {
  it('RFC 7662 §2.2 the resource a token is for is told what it says', async () => {
    const { tokens, introspect } = await companions();
    const { access, session } = await tokens();
    expect(await introspect('orders', access)).toEqual({
      active: true,
      scope: 'openid offline_access orders:read',
      client_id: 'shop',
      username: 'alice',
      token_type: 'Bearer',
      exp: expect.any(Number),
      iat: expect.any(Number),
      sub: 'user-alice',
      aud: 'https://orders.example',
      iss: ISSUER,
      jti: expect.any(String),
      sid: session.id,
      auth_time: expect.any(Number),
      acr: 'Single_Factor',
      amr: ['pwd'],
    });
  });

  it('RFC 7662 §2.2 of a token for several, each resource sees its own scopes and the client all', async () => {
    const { tokens, introspect } = await companions();
    for (const opaque of [false, true]) {
      const { access } = await tokens({
        resources: opaque ? [ORDERS, OPAQUE] : [ORDERS, { ...OPAQUE, accessTokenFormat: 'jwt' }],
      });
      const aud = ['https://orders.example', 'https://vault.example'];
      expect(access.startsWith('gwat_')).toBe(opaque);
      expect(await introspect('orders', access)).toMatchObject({ aud, scope: 'openid offline_access orders:read' });
      expect(await introspect('vault', access)).toMatchObject({ aud, scope: 'openid offline_access vault:open' });
      expect(await introspect('shop', access)).toMatchObject({
        aud,
        scope: 'openid offline_access orders:read vault:open',
      });
    }
  });

  it('RFC 7662 §2.2 a refresh token, for its own client', async () => {
    const { tokens, introspect } = await companions();
    const { refresh, session } = await tokens();
    expect(await introspect('shop', refresh)).toEqual({
      ...{ active: true, scope: 'openid offline_access orders:read vault:open', client_id: 'shop', username: 'alice' },
      ...{ iss: ISSUER, sub: 'user-alice', iat: expect.any(Number), auth_time: expect.any(Number) },
      ...{ acr: 'Single_Factor', sid: session.id },
    });
  });

  it('RFC 7662 §2.1 the hint is advice, whatever it says', async () => {
    const { tokens, introspect } = await companions();
    const { access, refresh } = await tokens();
    for (const token_type_hint of ['access_token', 'refresh_token', 'id_token', 'nonsense']) {
      for (const token of [access, refresh]) {
        expect(await introspect('shop', token, { token_type_hint })).toMatchObject({ active: true });
      }
    }
  });

  it('CVE-2026-37979 IR-02 whoever is neither audience nor owner hears nothing at all', async () => {
    const { tokens, ownToken, introspect } = await companions();
    const { access, refresh } = await tokens();
    expect(await introspect('vault', access)).toEqual(INACTIVE);
    expect(await introspect('robot', access)).toEqual(INACTIVE);
    expect(await introspect('robot', refresh)).toEqual(INACTIVE);
    expect(await introspect('orders', refresh)).toEqual(INACTIVE);
    expect(await introspect('shop', await ownToken())).toEqual(INACTIVE);
    expect(await introspect('orders', await ownToken())).toMatchObject({ active: true, client_id: 'robot' });
  });

  it('S6 a client that `aud` names is an audience', async () => {
    const { stores, tokens, introspect } = await companions();
    stores.resources.add(aResource({ name: 'named', audience: 'robot' }));
    const { access } = await tokens({ resources: [aResource({ name: 'named', audience: 'robot' })] });
    expect(await introspect('robot', access)).toMatchObject({ active: true });
  });

  it.each([
    ['an ID token', 'id'],
    ['a superseded refresh token', 'refresh'],
  ] as const)('JW-03 RT-03 %s is inactive', async (_what, kind) => {
    const { stores, tokens, introspect } = await companions();
    const issued = await tokens();
    await stores.authorizations.rotate(issued.authorizationId, 0, { grace: 60, idle: 60 });
    expect(await introspect('shop', issued[kind])).toEqual(INACTIVE);
    expect(await introspect('shop', issued.successor)).toMatchObject({ active: true });
  });

  it.each([
    ['revoked', (house: House, id: string) => house.stores.authorizations.revoke('acme', id)],
    ['of a locked user', ({ stores }: House) => stores.users.add(aUser({ status: 'locked' }))],
    ['expired', ({ stores }: House) => stores.clock.elapse(86_401)],
    ['of a client that may not refresh any more', ({ stores }: House) => forbidRefresh(stores)],
    ['whose session ended', ({ stores }: House, _: string, session: string) => stores.sessions.end('acme', session)],
  ] as const)('IR-03 a refresh token %s is inactive', async (_what, act) => {
    const house = await companions();
    const { refresh, authorizationId, session } = await house.tokens({ offline: false });
    expect(await house.introspect('shop', refresh)).toMatchObject({ active: true });
    await act(house, authorizationId, session.id);
    expect(await house.introspect('shop', refresh)).toEqual(INACTIVE);
  });

  it('IR-03 a refresh token is inactive while the environment has no such grant', async () => {
    const { tokens, introspectCall } = await companions();
    const { refresh } = await tokens();
    const call = aPost({ token: refresh }, { authorization: basic('shop') });
    expect(await introspectCall(call)).toMatchObject({ body: { active: true } });
    const without = anEnvironment({ grantTypes: ['authorization_code'] });
    expect(await introspectCall(call, without)).toMatchObject({ body: INACTIVE });
  });

  it('X12 no cache keeps the answer', async () => {
    const { introspectCall } = await companions();
    expect(await introspectCall(aPost({ token: 'x' }, { authorization: basic('orders') }))).toEqual({
      ...{ kind: 'json', status: 200, headers: NO_STORE, body: INACTIVE },
    });
  });

  describe('who may ask', () => {
    it.each([
      ['a resource, in HTTP Basic', {}, basic('orders')],
      ['a resource, in the form', { client_id: 'orders', client_secret: 's3cret' }, undefined],
      ['a client, as it registered', { client_id: 'rival', client_secret: 's3cret' }, undefined],
    ])('RFC 7662 §2.1 %s', async (_who, form: Record<string, string>, authorization) => {
      const { introspectCall } = await companions();
      const reply = await introspectCall(aPost({ token: 'x', ...form }, { ...(authorization && { authorization }) }));
      expect(reply).toMatchObject({ status: 200, body: INACTIVE });
    });

    it.each([
      ['nobody', {}, undefined],
      ['a public client', { client_id: 'spa' }, undefined],
      ['a resource that only says its name', { client_id: 'orders' }, undefined],
      ['a resource with a wrong secret', {}, basic('orders', 'wrong')],
      ['a resource without a secret of its own', {}, basic('mute')],
      ['a resource under its audience', {}, basic('https%3A%2F%2Forders.example')],
      ['a client by another method than its own', {}, basic('rival')],
      ['somebody with a bearer token', {}, 'Bearer abc'],
    ])('IR-01 %s: invalid_client', async (_who, form: Record<string, string>, authorization) => {
      const { introspectCall } = await companions();
      const reply = await introspectCall(aPost({ token: 'x', ...form }, { ...(authorization && { authorization }) }));
      expect(reply).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
      const challenge = authorization && 'Basic realm="acme", charset="UTF-8"';
      expect(reply.headers?.['www-authenticate']).toBe(challenge);
    });

    it.each([
      ['Basic and the form', { client_id: 'orders', client_secret: 's3cret' }, basic('orders')],
      ['Basic and another name', { client_id: 'shop' }, basic('orders')],
    ])('X4 a resource twice at once: %s', async (_what, form, authorization) => {
      const { introspectCall } = await companions();
      const reply = await introspectCall(aPost({ token: 'x', ...form }, { authorization }));
      expect(reply).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    });

    it('IR-01 CA-01 guessing a resource’s secret is throttled like a client’s', async () => {
      const { introspectCall } = await companions();
      const wrong = () => introspectCall(aPost({ token: 'x' }, { authorization: basic('orders', 'wrong') }));
      const statuses: unknown[] = [];
      for (let guess = 0; guess < 50; guess++) statuses.push(((await wrong()) as { status: number }).status);
      expect([statuses[0], statuses.at(-1)]).toEqual([401, 429]);
      const right = await introspectCall(aPost({ token: 'x' }, { authorization: basic('orders') }));
      expect(right).toMatchObject({ status: 429, headers: { 'retry-after': expect.any(String) } });
    });

    it('house: a client and a resource of one name are told apart by their secrets', async () => {
      const { stores, tokens, introspect } = await companions();
      stores.clients.add(aClient({ id: 'orders', secretHashes: [] }));
      const { access } = await tokens();
      expect(await introspect('orders', access)).toMatchObject({ active: true, client_id: 'shop' });
    });
  });

  it.each([
    ['missing', {}],
    ['empty', { token: '' }],
  ])('RFC 7662 §2.1 the token is %s: invalid_request', async (_what, form) => {
    const { introspectCall } = await companions();
    expect(await introspectCall(aPost(form, { authorization: basic('orders') }))).toMatchObject({
      ...{ status: 400, body: { error: 'invalid_request', error_description: 'token is missing' } },
    });
  });

  it('RFC 6749 §3.2 a repeated parameter: invalid_request', async () => {
    const { introspectCall } = await companions();
    const call = aPost({}, { authorization: basic('orders'), form: { token: ['a', 'b'] } });
    expect(await introspectCall(call)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it('IR-01 too many guesses wait, and a live token is answered all the same', async () => {
    const { tokens, introspect, introspectCall } = await companions();
    const { access, sibling } = await tokens();
    const guess = () => introspectCall(aPost({ token: 'x' }, { authorization: basic('orders') }));
    for (let tries = 0; tries < INTROSPECTION_GUESS.points; tries++) await guess();
    expect(await guess()).toMatchObject({ status: 429, headers: { 'retry-after': expect.any(String) } });
    expect(await introspect('orders', access)).toMatchObject({ active: true });
    expect(await introspect('vault', sibling)).toEqual(INACTIVE);
    expect(await introspect('vault', 'x')).toEqual(INACTIVE);
  });

  it.each(['authorizations.isLive', 'authorizations.findFamily', 'attempts.fail'])(
    'IR-04 %s that is away is no verdict',
    async (what) => {
      const house = await companions();
      const { access } = await house.tokens();
      const [store, method] = what.split('.') as ['authorizations', 'isLive'];
      Object.assign(house.stores[store], { [method]: () => Promise.reject(new Error('storage is away')) });
      const token = method === 'isLive' ? access : `gwrt_${'A'.repeat(22)}.0.${'A'.repeat(43)}`;
      await expect(house.introspect('orders', token)).rejects.toThrow('storage is away');
    },
  );
});

type House = Awaited<ReturnType<typeof companions>>;

async function forbidRefresh({ clients }: House['stores']): Promise<void> {
  const client = (await clients.find('acme', 'shop')) ?? aClient();
  clients.add({ ...client, grantTypes: ['authorization_code'] });
}
