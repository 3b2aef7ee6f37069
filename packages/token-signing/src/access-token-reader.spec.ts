import type { Authorization, Environment } from '@grantway/domain';
import { ScopeSet } from '@grantway/protocol';
import {
  aClient,
  aMachineClient,
  aNewAuthorization,
  aNewSession,
  anAuthentication,
  anAuthorization,
  anEnvironment,
  aResource,
  aServiceAccount,
  aUser,
  MemorySigningKeys,
  MemoryStores,
} from '@grantway/testing';
import { type AccessTokenGrounds, AccessTokenMinter } from './access-token-minter.js';
import { AccessTokenOpener } from './access-token-opener.js';
import { AccessTokenReader } from './access-token-reader.js';
import { KeyEncryption } from './key-encryption.js';
import { KeyLifecycle } from './key-lifecycle.js';
import { KeyRing } from './key-ring.js';
import { TokenHolders } from './token-holders.js';
import { TokenSigner } from './token-signer.js';
import { TokenVerifier } from './token-verifier.js';

const ISSUER = 'https://login.example/acme/as';
const encryption = new KeyEncryption(Buffer.alloc(32, 1));
const keys = new MemorySigningKeys();
const ring = new KeyRing(keys, encryption);
const environment = anEnvironment();
const opaque = aResource({ accessTokenFormat: 'opaque' });

beforeAll(() => new KeyLifecycle(keys, encryption).ensure('acme', ['ES256', 'RS256']));

/** A reader and a minter over the same stores; one person, two clients and a service account. */
async function house() {
  const stores = new MemoryStores();
  stores.users.add(aUser());
  stores.clients.add(aClient(), aMachineClient());
  await stores.serviceAccounts.save(aServiceAccount());
  const opener = new AccessTokenOpener(new TokenVerifier(ring), stores.opaqueAccessTokens);
  const holders = new TokenHolders(stores.users, stores.serviceAccounts);
  const reader = new AccessTokenReader(opener, stores.revokedTokens, stores.authorizations, stores.clients, holders);
  const minter = new AccessTokenMinter(new TokenSigner(ring), stores.opaqueAccessTokens);

  const mint = async (grounds: Partial<AccessTokenGrounds> & { authorization: Authorization }) => {
    const scope = grounds.authorization.scope;
    const { token } = await minter.mint({
      ...{ environment, issuer: ISSUER, client: aClient(), scope, resources: [] },
      ...grounds,
    });
    return token;
  };
  const aUsersToken = async (more: Partial<AccessTokenGrounds> = {}, offline = true) => {
    const { session } = await stores.sessions.create(aNewSession());
    const authentication = anAuthentication({ sessionId: session.id, time: session.authTime });
    const authorization = anAuthorization({ authentication });
    const authorizationId = await stores.authorizations.record(aNewAuthorization({ authorization, offline }));
    return { authorizationId, session, token: await mint({ authorization, authorizationId, ...more }) };
  };
  const read = (token: string, of: Partial<{ environment: Environment; issuer: string }> = {}) =>
    reader.read(token, { environment, issuer: ISSUER, ...of });
  const reason = async (token: string, of: Partial<{ environment: Environment }> = {}) => {
    const reading = await read(token, of);
    return reading.kind === 'live' ? 'live' : reading.reason;
  };
  return { stores, opener, mint, aUsersToken, read, reason };
}

describe('AccessTokenReader', () => {
  it.each([
    ['jwt', []],
    ['opaque', [opaque]],
  ] as const)('RFC 7662 §2.2 a user’s %s token, whose it is and what it allows', async (format, resources) => {
    const { aUsersToken, read } = await house();
    const { token, authorizationId, session } = await aUsersToken({ resources });
    expect(await read(token)).toMatchObject({
      ...{ kind: 'live', format, subject: { kind: 'user', id: 'user-alice' }, user: { username: 'alice' } },
      ...{ client: { id: 'shop' }, authorization: { id: authorizationId } },
      claims: { iss: ISSUER, sub: 'user-alice', client_id: 'shop', authorization_id: authorizationId, sid: session.id },
      scope: ScopeSet.of('openid', 'offline_access', 'orders:read'),
    });
  });

  it('TX-03 a client’s own token, and a service account’s', async () => {
    const { stores, mint, read } = await house();
    const own = anAuthorization({ subject: { kind: 'client', id: 'robot' } });
    const { authentication: _, ...bare } = own;
    expect(await read(await mint({ authorization: bare, client: aMachineClient() }))).toMatchObject({
      ...{ kind: 'live', subject: { kind: 'client', id: 'robot' }, client: { id: 'robot' } },
    });
    const account = await stores.serviceAccounts.find('acme', 'night');
    const authorization = { ...bare, subject: { kind: 'service_account', id: 'night' } } as const;
    const token = await mint({ authorization, serviceAccountVersion: account?.version ?? 0 });
    const reading = await read(token);
    expect(reading).toMatchObject({ kind: 'live', subject: authorization.subject, serviceAccount: { id: 'night' } });
  });

  it('TX-03 a token about a person that nobody recorded is nobody’s', async () => {
    const { mint, reason } = await house();
    expect(await reason(await mint({ authorization: anAuthorization() }))).toBe('access_token.nobody');
  });

  it.each([
    ['nonsense', () => 'nonsense'],
    ['nothing', () => ''],
    ['a refresh token', () => `gwrt_${'A'.repeat(22)}.0.${'A'.repeat(43)}`],
    ['an opaque token nobody has', () => `gwat_${'A'.repeat(22)}.${'A'.repeat(43)}`],
  ])('JW-03 %s is unknown', async (_what, token) => {
    const { read } = await house();
    expect(await read(token())).toEqual({ kind: 'unknown', reason: 'access_token.unknown' });
  });

  it.each(['JWT', 'service-account+jwt'] as const)(
    'JW-03 with all its claims but typ %s it is unknown',
    async (type) => {
      const { aUsersToken, opener, read } = await house();
      const { token } = await aUsersToken();
      const claims = (await opener.open(token, { environmentId: 'acme', issuer: ISSUER }))?.claims;
      const twin = { environmentId: 'acme', algorithm: 'ES256', claims: { ...claims } } as const;
      const signer = new TokenSigner(ring);
      expect((await read(await signer.sign({ ...twin, type: 'at+jwt' } as never))).kind).toBe('live');
      expect((await read(await signer.sign({ ...twin, type } as never))).kind).toBe('unknown');
    },
  );

  it.each([
    ['jwt', []],
    ['opaque', [opaque]],
  ] as const)(
    'MT-01 a %s token is unknown in another environment, and under another issuer',
    async (_format, resources) => {
      const { aUsersToken, read } = await house();
      const { token } = await aUsersToken({ resources });
      expect((await read(token, { environment: anEnvironment({ id: 'other' }) })).kind).toBe('unknown');
      expect((await read(token, { issuer: 'https://login.example/other/as' })).kind).toBe('unknown');
    },
  );

  it('house: an expired JWT is dead, and once was good', async () => {
    const { aUsersToken, reason } = await house();
    const { token } = await aUsersToken({ notAfter: new Date(Date.now() - 5_000) });
    expect(await reason(token)).toBe('access_token.expired');
  });

  describe('IR-03 is dead', () => {
    type House = Awaited<ReturnType<typeof house>>;
    const disabled = (stores: House['stores']) => stores.clients.add(aClient({ enabled: false }));

    it.each([
      [
        'with its authorization',
        'authorization_ended',
        ({ stores }: House, { authorizationId }: { authorizationId: string }) =>
          stores.authorizations.revoke('acme', authorizationId),
      ],
      ['with its client', 'client_gone', ({ stores }: House) => disabled(stores)],
      ['with its user', 'user_gone', ({ stores }: House) => stores.users.add(aUser({ status: 'locked' }))],
      [
        'while its user must change the password',
        'password_expired',
        ({ stores }: House) => stores.users.add(aUser({ mustChangePassword: true })),
      ],
      [
        'when the password was changed',
        'password_changed',
        ({ stores }: House) => {
          stores.clock.elapse(1);
          return stores.users.setPassword('acme', 'user-alice', 'new');
        },
      ],
    ] as const)('%s', async (_how, why, act) => {
      for (const resources of [[], [opaque]]) {
        const all = await house();
        stores(all).users.add(aUser(), 'old');
        const issued = await all.aUsersToken({ resources });
        expect(await all.reason(issued.token)).toBe('live');
        await act(all, issued);
        expect(await all.reason(issued.token)).toBe(`access_token.${why}`);
      }
    });

    const stores = (all: House) => all.stores;

    it('house: a changed password ends nothing where the environment says so', async () => {
      const all = await house();
      const { token } = await all.aUsersToken();
      all.stores.clock.elapse(1);
      all.stores.users.add(aUser({ passwordChangedAt: all.stores.clock.date() }));
      expect(await all.reason(token, { environment: anEnvironment({ passwordChangeEndsRefresh: false }) })).toBe(
        'live',
      );
    });

    it('LO-03 with its session, unless it is offline', async () => {
      const all = await house();
      const bound = await all.aUsersToken({}, false);
      const offline = await all.aUsersToken({}, true);
      for (const { session } of [bound, offline]) await all.stores.sessions.end('acme', session.id);
      expect(await all.reason(bound.token)).toBe('access_token.authorization_ended');
      expect(await all.reason(offline.token)).toBe('live');
    });

    it('by itself, and no other token of the same authorization', async () => {
      const all = await house();
      const { token, authorizationId } = await all.aUsersToken();
      const sibling = await all.mint({ authorization: anAuthorization(), authorizationId });
      const opened = await all.opener.open(token, { environmentId: 'acme', issuer: ISSUER });
      await all.stores.revokedTokens.add('acme', opened?.claims.jti ?? '', new Date((opened?.claims.exp ?? 0) * 1000));
      expect(await all.reason(token)).toBe('access_token.revoked');
      expect(await all.reason(sibling)).toBe('live');
    });

    it.each([
      ['rotated', ({ stores }: House) => stores.serviceAccounts.rotate('acme', 'night', Buffer.alloc(32))],
      ['disabled', ({ stores }: House) => stores.serviceAccounts.save(aServiceAccount({ enabled: false }))],
      ['deleted', ({ stores }: House) => stores.serviceAccounts.remove('acme', 'night')],
    ])('S7 with its service account %s', async (_how, act) => {
      const all = await house();
      const { authentication: _, ...bare } = anAuthorization({ subject: { kind: 'service_account', id: 'night' } });
      const account = await all.stores.serviceAccounts.find('acme', 'night');
      const token = await all.mint({ authorization: bare, serviceAccountVersion: account?.version ?? 0 });
      expect(await all.reason(token)).toBe('live');
      await act(all);
      expect(await all.reason(token)).toBe('access_token.service_account_gone');
    });

    it('S7 a service account’s token without a version', async () => {
      const all = await house();
      const { authentication: _, ...bare } = anAuthorization({ subject: { kind: 'service_account', id: 'night' } });
      expect(await all.reason(await all.mint({ authorization: bare }))).toBe('access_token.service_account_gone');
    });

    it('house: what its authorization does not bear out', async () => {
      const all = await house();
      const { authorizationId } = await all.aUsersToken();
      const others = anAuthorization({ subject: { kind: 'user', id: 'user-bob' } });
      expect(await all.reason(await all.mint({ authorization: others, authorizationId }))).toBe(
        'access_token.mismatch',
      );
      const foreign = { authorization: anAuthorization(), authorizationId, client: aMachineClient() };
      expect(await all.reason(await all.mint(foreign))).toBe('access_token.mismatch');
    });
  });

  it.each(['opaqueAccessTokens.find', 'revokedTokens.has', 'authorizations.isLive', 'clients.find', 'users.find'])(
    'IR-04 %s that is away is no reading',
    async (what) => {
      const all = await house();
      const { token } = await all.aUsersToken();
      const [store, method] = what.split('.') as [keyof MemoryStores, string];
      Object.assign(all.stores[store], { [method]: () => Promise.reject(new Error('storage is away')) });
      await expect(all.read(token)).rejects.toThrow('storage is away');
    },
  );
});
