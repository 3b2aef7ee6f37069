import { type Authorization, type Environment, issuerOf, type Session, type UserStatus } from '@grantway/domain';
import { ScopeSet, TokenType } from '@grantway/protocol';
import {
  aClient,
  aNewSession,
  anAuthorization,
  anEnvironment,
  aResource,
  aUser,
  MemorySigningKeys,
  MemoryStores,
} from '@grantway/testing';
import { OurExchangedTokens } from './exchanged-tokens.js';
import {
  AccessTokenMinter,
  AccessTokenOpener,
  AccessTokenReader,
  IdTokenMinter,
  KeyEncryption,
  KeyLifecycle,
  KeyRing,
  ServiceTokenMinter,
  TokenHolders,
  TokenSigner,
  TokenVerifier,
} from './index.js';
import { OurServiceTokens } from './service-tokens.js';

const encryption = new KeyEncryption(Buffer.alloc(32, 2));
const keys = new MemorySigningKeys();
const PUBLIC_URL = 'https://login.example';
const environment = anEnvironment();
const other = anEnvironment({ id: 'other' });
const issuer = issuerOf(PUBLIC_URL, 'acme');

beforeAll(async () => {
  for (const id of ['acme', 'other']) await new KeyLifecycle(keys, encryption).ensure(id, ['ES256', 'RS256']);
});

/** Alice is signed on, and the shop has her tokens. */
async function house() {
  const stores = new MemoryStores();
  stores.users.add(aUser());
  stores.clients.add(aClient());
  const { session } = await stores.sessions.create(aNewSession());
  const ring = new KeyRing(keys, encryption);
  const [signer, verifier] = [new TokenSigner(ring), new TokenVerifier(ring)];
  const holders = new TokenHolders(stores.users, stores.serviceAccounts);
  const reader = new AccessTokenReader(
    new AccessTokenOpener(verifier, stores.opaqueAccessTokens),
    ...([stores.revokedTokens, stores.authorizations, stores.clients, holders] as const),
  );
  const tokens = new OurExchangedTokens(
    ...([PUBLIC_URL, reader, verifier, stores.clients, holders, stores.sessions, stores.authorizations] as const),
  );
  const authorization = signedOn(session);
  const grounds = { environment, issuer, client: aClient(), authorization };
  const made = { environmentId: 'acme', clientId: 'shop', authorization, offline: false };
  const authorizationId = await stores.authorizations.record(made);
  const minter = new AccessTokenMinter(signer, stores.opaqueAccessTokens);
  const access = async (format: 'jwt' | 'opaque' = 'jwt') => {
    const resources = [aResource({ accessTokenFormat: format, mayAct: { sub: 'backend' } })];
    const scope = ScopeSet.of('openid', 'orders:read');
    return (await minter.mint({ ...grounds, authorizationId, scope, resources, actor: { sub: 'first' } })).token;
  };
  const id = (changed: Partial<Authorization> = {}, more: { authorizationId?: string } = {}) =>
    new IdTokenMinter(signer).mint({ ...grounds, ...more, authorization: { ...authorization, ...changed } });
  return { stores, session, signer, verifier, tokens, authorizationId, access, id, minter, grounds };
}

function signedOn({ id, authTime, acr, amr }: Session): Authorization {
  return anAuthorization({ authentication: { time: authTime, acr, amr, sessionId: id } });
}

describe('tokens that are exchanged', () => {
  it('T8 an access token says whom it is about, through whom, what it may do, and who acted', async () => {
    const { tokens, access, authorizationId, session } = await house();
    const { exp: _exp, ...read } = {
      exp: 0,
      ...(await tokens.read(environment, await access(), TokenType.AccessToken)),
    };
    expect(read).toEqual({
      ...{ type: TokenType.AccessToken, subject: { kind: 'user', id: 'user-alice' }, sub: 'user-alice', iss: issuer },
      ...{ client: aClient(), scope: ScopeSet.of('openid', 'orders:read'), audiences: ['https://orders.example'] },
      ...{ expiresAt: expect.any(Date), authorizationId, act: { sub: 'first' }, mayAct: { sub: 'backend' } },
      authentication: expect.objectContaining({ time: session.authTime, sessionId: session.id }),
    });
  });

  it('T8 an ID token says whom it is about and to whom it said so, and may do nothing by itself', async () => {
    const { tokens, id, session } = await house();
    const read = await tokens.read(environment, await id(), TokenType.IdToken);
    expect(read).toMatchObject({ sub: 'user-alice', client: { id: 'shop' }, audiences: ['shop'] });
    expect(read?.authentication).toMatchObject({ acr: 'Single_Factor', amr: ['pwd'], sessionId: session.id });
    for (const name of ['scope', 'authorizationId', 'act', 'mayAct']) expect(read).not.toHaveProperty(name);
  });

  describe('an ID token that came with an authorization', () => {
    it('T5 is worth what that is', async () => {
      const { tokens, id, authorizationId } = await house();
      const read = await tokens.read(environment, await id({}, { authorizationId }), TokenType.IdToken);
      expect(read).toMatchObject({ authorizationId, scope: anAuthorization().scope, sub: 'user-alice' });
      expect(read).not.toHaveProperty('derivationDepth');
    });

    it('T2 TX-04 is dead with it, though the session goes on', async () => {
      const { stores, tokens, id, authorizationId } = await house();
      await stores.authorizations.revoke('acme', authorizationId);
      expect(await tokens.read(environment, await id({}, { authorizationId }), TokenType.IdToken)).toBeUndefined();
      expect(await tokens.read(environment, await id(), TokenType.IdToken)).toBeDefined();
    });

    it('T2 is nothing where that is another client’s, another person’s, or not there', async () => {
      const { stores, tokens, id } = await house();
      const made = { environmentId: 'acme', clientId: 'shop', authorization: anAuthorization(), offline: false };
      const bobs = anAuthorization({ subject: { kind: 'user', id: 'user-bob' } });
      for (const authorizationId of [
        await stores.authorizations.record({ ...made, clientId: 'backend' }),
        await stores.authorizations.record({ ...made, authorization: bobs }),
        'nothing',
      ]) {
        expect(await tokens.read(environment, await id({}, { authorizationId }), TokenType.IdToken)).toBeUndefined();
      }
    });
  });

  it('TX-06 a token says how many exchanges it came of', async () => {
    const { stores, tokens, id, authorizationId } = await house();
    const made = { environmentId: 'acme', clientId: 'shop', authorization: anAuthorization(), offline: false };
    const once = await stores.authorizations.record({ ...made, derivedFrom: authorizationId });
    const twice = await stores.authorizations.record({ ...made, derivedFrom: once });
    const token = await id({}, { authorizationId: twice });
    expect(await tokens.read(environment, token, TokenType.IdToken)).toMatchObject({ derivationDepth: 2 });
  });

  it.each([
    ['that agree', { sub: 'backend' }, { sub: 'backend' }],
    ['of which one says nothing', undefined, { sub: 'backend' }],
    ['that do not agree: nobody', { sub: 'other' }, {}],
  ])('T9 RFC 8693 §4.4 may_act for resources %s', async (_what, mayAct, expected) => {
    const { tokens, authorizationId, minter, grounds } = await house();
    const stock = aResource({ name: 'stock', audience: 'https://stock.example', ...(mayAct && { mayAct }) });
    const resources = [aResource({ mayAct: { sub: 'backend' } }), stock];
    const { token } = await minter.mint({ ...grounds, authorizationId, scope: ScopeSet.of('orders:read'), resources });
    expect((await tokens.read(environment, token, TokenType.AccessToken))?.mayAct).toEqual(expected);
  });

  it('T1 an opaque access token is one, and is no JWT', async () => {
    const { tokens, access } = await house();
    const token = await access('opaque');
    expect(await tokens.read(environment, token, TokenType.AccessToken)).toMatchObject({ sub: 'user-alice' });
    expect(await tokens.read(environment, token, TokenType.Jwt)).toBeUndefined();
    expect(await tokens.read(environment, await access(), TokenType.Jwt)).toBeDefined();
  });

  it('T2 JW-03 each kind under its own name alone, and in its own environment alone', async () => {
    const { tokens, access, id } = await house();
    const [accessToken, idToken] = [await access(), await id()];
    expect(await tokens.read(environment, accessToken, TokenType.IdToken)).toBeUndefined();
    expect(await tokens.read(environment, idToken, TokenType.AccessToken)).toBeUndefined();
    expect(await tokens.read(environment, idToken, TokenType.Jwt)).toBeUndefined();
    expect(await tokens.read(other, accessToken, TokenType.AccessToken)).toBeUndefined();
    expect(await tokens.read(other, idToken, TokenType.IdToken)).toBeUndefined();
  });

  describe('T2 when an ID token is worth nothing', () => {
    it.each(['locked', 'disabled', 'unverified'] satisfies UserStatus[])('X14 the user is %s', async (status) => {
      const { stores, tokens, id } = await house();
      stores.users.add(aUser({ status }));
      expect(await tokens.read(environment, await id(), TokenType.IdToken)).toBeUndefined();
    });

    it('X14 its client is disabled', async () => {
      const { stores, tokens, id } = await house();
      stores.clients.add(aClient({ enabled: false }));
      expect(await tokens.read(environment, await id(), TokenType.IdToken)).toBeUndefined();
    });

    it('LO-02 its session ended', async () => {
      const { stores, session, tokens, id } = await house();
      await stores.sessions.end('acme', session.id);
      expect(await tokens.read(environment, await id(), TokenType.IdToken)).toBeUndefined();
    });

    it.each([
      ['the second after', 1_000, undefined, false],
      ['the second after, where that ends nothing', 1_000, { passwordChangeEndsRefresh: false }, true],
      ['the same second: the claim does not know which was first', 0, undefined, true],
    ])('RT-10 the password was changed in %s', async (_when, later, changes, good) => {
      const { stores, session, tokens, id } = await house();
      const second = Math.floor(session.authTime.getTime() / 1_000) * 1_000;
      stores.users.add(aUser({ passwordChangedAt: new Date(second + later + 500) }));
      const here: Environment = { ...environment, ...changes };
      expect((await tokens.read(here, await id(), TokenType.IdToken)) !== undefined).toBe(good);
    });
  });

  it('W1 an ID token of no session, as after the password grant, stands without one', async () => {
    const { tokens, id } = await house();
    const authentication = { time: new Date(), acr: 'Single_Factor', amr: ['pwd'] };
    const read = await tokens.read(environment, await id({ authentication }), TokenType.IdToken);
    expect(read?.authentication).not.toHaveProperty('sessionId');
    expect(read).toMatchObject({ sub: 'user-alice' });
  });

  it('I4 storage that is away is no verdict', async () => {
    const { stores, tokens, id, access } = await house();
    stores.users.find = () => Promise.reject(new Error('storage is away'));
    await expect(tokens.read(environment, await id(), TokenType.IdToken)).rejects.toThrow('storage is away');
    await expect(tokens.read(environment, await access(), TokenType.AccessToken)).rejects.toThrow('storage is away');
  });
});

describe('service tokens', () => {
  const grounds = { environmentId: 'acme', issuer, accountId: 'night', lifetime: 60 };
  const now = () => Math.floor(Date.now() / 1_000);

  it('S2 S8 a good one says which account it is, and its jti', async () => {
    const { signer, verifier } = await house();
    const { token, expiresAt } = await new ServiceTokenMinter(signer).mint(grounds);
    expect(await new OurServiceTokens(PUBLIC_URL, verifier).read('acme', token)).toEqual({
      accountId: 'night',
      jti: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(Math.abs(expiresAt.getTime() / 1_000 - now() - 60)).toBeLessThanOrEqual(1);
  });

  it.each([
    ['S2 of another issuer', { iss: 'https://evil.example' }],
    ['S2 for somebody else', { aud: 'https://evil.example' }],
    ['S2 for nobody', { aud: undefined }],
    ['S2 expired', { exp: now() - 1 }],
    ['S2 without an end', { exp: undefined }],
    ['S2 not good yet', { nbf: now() + 600 }],
    ['S2 of no service account', { sub: 'user-alice' }],
    ['S2 of nobody', { sub: undefined }],
    ['S3 without a jti', { jti: undefined }],
  ])('%s', async (_what, changes) => {
    const { signer, verifier } = await house();
    const good = {
      ...{ iss: issuer, aud: issuer, sub: 'urn:grantway:serviceaccount:night' },
      ...{ jti: 'jti-1', iat: now(), exp: now() + 60 },
    };
    const make = (claims: object) =>
      signer.sign({ environmentId: 'acme', algorithm: 'ES256', type: 'service-account+jwt', claims: { ...claims } });
    const ours = new OurServiceTokens(PUBLIC_URL, verifier);
    expect(await ours.read('acme', await make(good))).toBeDefined();
    expect(await ours.read('acme', await make({ ...good, ...changes }))).toBeUndefined();
  });

  it.each([
    ['another algorithm of ours', { algorithm: 'RS256', type: 'service-account+jwt' }],
    ['another typ', { algorithm: 'ES256', type: 'JWT' }],
  ] as const)('JW-03 TX-08 %s', async (_what, header) => {
    const { signer, verifier } = await house();
    const claims = { iss: issuer, aud: issuer, sub: 'urn:grantway:serviceaccount:night', jti: 'j', iat: now() };
    const token = await signer.sign({ environmentId: 'acme', ...header, claims: { ...claims, exp: now() + 60 } });
    expect(await new OurServiceTokens(PUBLIC_URL, verifier).read('acme', token)).toBeUndefined();
  });

  it('MT-01 another environment’s, with an account of the same id', async () => {
    const { signer, verifier } = await house();
    const theirs = { ...grounds, environmentId: 'other', issuer: issuerOf(PUBLIC_URL, 'other') };
    const { token } = await new ServiceTokenMinter(signer).mint(theirs);
    const ours = new OurServiceTokens(PUBLIC_URL, verifier);
    expect([await ours.read('acme', token), (await ours.read('other', token))?.accountId]).toEqual([
      undefined,
      'night',
    ]);
  });
});
