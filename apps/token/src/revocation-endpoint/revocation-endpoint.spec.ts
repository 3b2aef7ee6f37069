import { aPost, aUser } from '@grantway/testing';
import { basic, companions, OPAQUE, ORDERS } from '../../test/companion-house.js';

const DONE = { kind: 'empty', status: 200, headers: { 'cache-control': 'no-store', pragma: 'no-cache' } };
const INACTIVE = { active: false };
const ACTIVE = { active: true };

describe('revocation', () => {
  it.each([
    ['jwt', ORDERS],
    ['opaque', OPAQUE],
  ])(
    'RFC 7009 §2 an access token (%s) is over, and its sibling and refresh token are not',
    async (_format, resource) => {
      const { tokens, introspect, revoke, userInfo } = await companions();
      const { access, sibling, refresh } = await tokens({ resources: [resource] });
      expect(await userInfo(access)).toMatchObject({ status: 200 });
      expect(await revoke('shop', access)).toEqual(DONE);
      expect(await introspect(resource.name, access)).toEqual(INACTIVE);
      expect(await userInfo(access)).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
      for (const token of [sibling, refresh]) expect(await introspect('shop', token)).toMatchObject(ACTIVE);
    },
  );

  it('RFC 7009 §2.1 a refresh token takes its access tokens along', async () => {
    const { tokens, introspect, revoke } = await companions();
    const { access, refresh } = await tokens();
    expect(await revoke('shop', refresh)).toEqual(DONE);
    for (const token of [access, refresh]) expect(await introspect('shop', token)).toEqual(INACTIVE);
  });

  it('house: so does a superseded one', async () => {
    const { stores, tokens, introspect, revoke } = await companions();
    const { refresh, successor, authorizationId } = await tokens();
    await stores.authorizations.rotate(authorizationId, 0, { grace: 0, idle: 60 });
    expect(await revoke('shop', refresh)).toEqual(DONE);
    expect(await introspect('shop', successor)).toEqual(INACTIVE);
  });

  it('oidc-provider 9.8.6 a token without an authorization ends alone', async () => {
    const { tokens, ownToken, introspect, revoke } = await companions();
    const { access, refresh } = await tokens();
    const [own, other] = [await ownToken(), await ownToken()];
    expect(await revoke('robot', own)).toEqual(DONE);
    expect(await introspect('robot', own)).toEqual(INACTIVE);
    expect(await introspect('robot', other)).toMatchObject(ACTIVE);
    for (const token of [access, refresh]) expect(await introspect('shop', token)).toMatchObject(ACTIVE);
  });

  it.each(['access', 'refresh'] as const)(
    'IR-05 another client revokes no %s token, and is told nothing',
    async (kind) => {
      for (const resources of [[ORDERS], [OPAQUE]]) {
        const { tokens, introspect, revoke, revokeCall } = await companions();
        const issued = await tokens({ resources });
        expect(await revoke('robot', issued[kind])).toEqual(DONE);
        expect(await revokeCall(aPost({ token: issued[kind], client_id: 'spa' }))).toEqual(DONE);
        for (const token of [issued.access, issued.refresh])
          expect(await introspect('shop', token)).toMatchObject(ACTIVE);
      }
    },
  );

  it('RFC 7009 §5 a public client gives its own back', async () => {
    const { tokens, userInfo, revokeCall } = await companions();
    const { access, refresh } = await tokens({ clientId: 'spa' });
    expect(await userInfo(access)).toMatchObject({ status: 200 });
    expect(await revokeCall(aPost({ token: refresh, client_id: 'spa' }))).toEqual(DONE);
    expect(await userInfo(access)).toMatchObject({ status: 401 });
  });

  it.each([
    ['nonsense', () => 'nonsense'],
    ['an ID token', ({ id }: { id: string }) => id],
    ['a generation that never was', ({ successor }: { successor: string }) => successor],
    ['an opaque token nobody has', () => `gwat_${'A'.repeat(22)}.${'A'.repeat(43)}`],
  ])('RFC 7009 §2.2 %s: 200, and nothing ends', async (_what, token) => {
    const { tokens, introspect, revoke } = await companions();
    const issued = await tokens();
    expect(await revoke('shop', token(issued))).toEqual(DONE);
    for (const good of [issued.access, issued.refresh]) expect(await introspect('shop', good)).toMatchObject(ACTIVE);
  });

  it('RFC 7009 §2.1 the hint is advice', async () => {
    const { tokens, introspect, revoke } = await companions();
    const { access, refresh } = await tokens();
    expect(await revoke('shop', access, { token_type_hint: 'refresh_token' })).toEqual(DONE);
    expect(await introspect('shop', access)).toEqual(INACTIVE);
    expect(await revoke('shop', refresh, { token_type_hint: 'access_token' })).toEqual(DONE);
    expect(await introspect('shop', refresh)).toEqual(INACTIVE);
  });

  it('RFC 7009 §2.2.1 a hint at what cannot be revoked: unsupported_token_type, and nothing ends', async () => {
    const { tokens, introspect, revoke } = await companions();
    const { access } = await tokens();
    const reply = await revoke('shop', access, { token_type_hint: 'id_token' });
    expect(reply).toMatchObject({ status: 400, body: { error: 'unsupported_token_type' } });
    expect(await introspect('shop', access)).toMatchObject(ACTIVE);
  });

  it.each([
    ['nobody', {}, undefined, 401, 'invalid_client'],
    ['a wrong secret', {}, basic('shop', 'wrong'), 401, 'invalid_client'],
    ['a confidential client that only says its name', { client_id: 'shop' }, undefined, 401, 'invalid_client'],
    ['a resource', {}, basic('orders'), 401, 'invalid_client'],
    ['no token', { token: '' }, basic('shop'), 400, 'invalid_request'],
  ])('RFC 7009 §2.2.1 %s is refused', async (_what, form: Record<string, string>, authorization, status, error) => {
    const { tokens, introspect, revokeCall } = await companions();
    const { access } = await tokens();
    const reply = await revokeCall(aPost({ token: access, ...form }, { ...(authorization && { authorization }) }));
    expect(reply).toMatchObject({ status, body: { error } });
    expect(await introspect('shop', access)).toMatchObject(ACTIVE);
  });

  it.each(['revokedTokens.add', 'opaqueAccessTokens.revoke', 'authorizations.revoke'])(
    'IR-04 CVE-2020-15223 %s that fails is never a 200',
    async (what) => {
      const house = await companions();
      const { access, refresh } = await house.tokens({ resources: what.startsWith('opaque') ? [OPAQUE] : [ORDERS] });
      const [store, method] = what.split('.') as ['revokedTokens', 'add'];
      Object.assign(house.stores[store], { [method]: () => Promise.reject(new Error('storage is away')) });
      await expect(house.revoke('shop', what.startsWith('auth') ? refresh : access)).rejects.toThrow('storage is away');
    },
  );
});

describe('userinfo', () => {
  it('JW-03 only a person’s access token opens it', async () => {
    const { tokens, ownToken, userInfo } = await companions();
    const { access, id, refresh } = await tokens({ resources: [OPAQUE] });
    expect(await userInfo(access)).toMatchObject({ status: 200, body: { sub: 'user-alice' } });
    for (const token of [id, refresh]) expect(await userInfo(token)).toMatchObject({ status: 401 });
    expect(await userInfo(await ownToken())).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } });
  });

  it('IR-03 a user who was locked since', async () => {
    const { stores, tokens, userInfo } = await companions();
    const { access } = await tokens();
    stores.users.add(aUser({ status: 'locked' }));
    expect(await userInfo(access)).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
  });
});
