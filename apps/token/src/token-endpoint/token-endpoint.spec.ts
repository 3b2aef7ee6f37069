import {
  ClientAuthenticator,
  ClientSecretBasicMethod,
  ClientSecretHasher,
  ClientSecretPostMethod,
  NoneMethod,
} from '@grantway/client-auth';
import type { HttpCall, JsonReply } from '@grantway/contracts';
import { RefreshTokenCodec } from '@grantway/domain';
import { AuthorizationCodeGrant, ClientCredentialsGrant, RefreshTokenGrant } from '@grantway/grants';
import { createLogger, EventLog, Metrics } from '@grantway/platform';
import { codeChallenge, ScopeSet } from '@grantway/protocol';
import {
  aClient,
  aMachineClient,
  aNewCode,
  anAuthorization,
  anEnvironment,
  aPost,
  aResource,
  aUser,
  issueCode,
  MemorySigningKeys,
  MemoryStores,
} from '@grantway/testing';
import {
  AccessTokenMinter,
  IdTokenMinter,
  KeyEncryption,
  KeyLifecycle,
  KeyRing,
  TokenSigner,
} from '@grantway/token-signing';
import type { DiscoveryService } from '@nestjs/core';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { GrantRegistry } from './grant-registry.js';
import { TOKEN_ENDPOINT } from './pipeline.js';
import type { RemoteGrants } from './remote-grants/remote-grants.js';
import type { Step } from './step.js';
import { TokenEndpoint } from './token-endpoint.js';

const ISSUER = 'https://login.example/acme/as';
const SECRET = 's3cret';
const VERIFIER = 'v'.repeat(43);
const environment = anEnvironment();
const hasher = new ClientSecretHasher(Buffer.alloc(32, 1));
const encryption = new KeyEncryption(Buffer.alloc(32, 2));
const keys = new MemorySigningKeys();

beforeAll(() => new KeyLifecycle(keys, encryption).ensure('acme', ['ES256', 'RS256']));

/** The whole pipeline over memory stores, with real keys. */
async function house({ signingKeys = keys } = {}) {
  const stores = new MemoryStores();
  const secretHashes = [hasher.hash(SECRET)];
  stores.resources.add(aResource());
  stores.users.add(aUser());
  stores.clients.add(aClient({ secretHashes }), aMachineClient({ secretHashes }));

  const codec = new RefreshTokenCodec(Buffer.alloc(32, 3));
  const grants = [
    new AuthorizationCodeGrant(stores.codes, stores.authorizations),
    new RefreshTokenGrant(stores.authorizations, codec),
    new ClientCredentialsGrant(),
  ];
  const providers = grants.map((instance) => ({ metatype: instance.constructor, instance }));
  const elsewhere = { reserve: () => {}, find: () => undefined, manifests: [] } as unknown as RemoteGrants;
  const registry = new GrantRegistry({ getProviders: () => providers } as unknown as DiscoveryService, elsewhere);
  registry.onModuleInit();
  const methods = [new ClientSecretBasicMethod(hasher), new ClientSecretPostMethod(hasher), new NoneMethod()];
  const signer = new TokenSigner(new KeyRing(signingKeys, encryption));
  const given: Record<string, unknown[]> = {
    FindGrant: [registry],
    Decide: [stores.clients, new Metrics()],
    AuthenticateClient: [new ClientAuthenticator(methods, stores.clients, stores.attempts), stores.resources],
    CheckSubject: [stores.users, stores.serviceAccounts, stores.sessions],
    Mint: [
      ...[stores.authorizations, codec, new AccessTokenMinter(signer, stores.opaqueAccessTokens)],
      ...[new IdTokenMinter(signer), signer],
    ],
  };
  const steps = TOKEN_ENDPOINT.map(
    (Type) => new (Type as new (...args: unknown[]) => Step)(...(given[Type.name] ?? [])),
  );
  const metrics = new Metrics();
  const endpoint = new TokenEndpoint(steps, new EventLog(createLogger('token', 'silent')), metrics);

  const ask = async (call: HttpCall) =>
    (await endpoint.issue(call, environment, ISSUER)) as JsonReply & { body: Record<string, string> };
  const issue = (form: Record<string, string>, id = 'shop') => {
    const authorization = `Basic ${Buffer.from(`${id}:${SECRET}`).toString('base64')}`;
    return ask(aPost(form, { authorization }));
  };
  const aCode = async (authorization = anAuthorization()) => ({
    grant_type: 'authorization_code',
    redirect_uri: 'https://shop.example/callback',
    code_verifier: VERIFIER,
    code: await issueCode(
      stores,
      aNewCode({
        authorization,
        nonce: 'n-1',
        codeChallenge: codeChallenge(VERIFIER, 'S256'),
        codeChallengeMethod: 'S256',
      }),
    ),
  });
  return { stores, ask, issue, aCode, metrics };
}

const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' };

describe('token endpoint', () => {
  it('X7 RFC 6749 §5.1 a code becomes tokens, and no cache keeps them', async () => {
    const { issue, aCode } = await house();
    const { status, headers, body } = await issue(await aCode());
    expect([status, headers]).toEqual([200, NO_STORE]);
    expect(Object.keys(body).sort()).toEqual([
      ...['access_token', 'expires_in', 'id_token', 'refresh_token', 'scope', 'token_type'],
    ]);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'openid offline_access orders:read' });
  });

  it('design §4.2 where nothing can be signed, nothing is spent', async () => {
    const { stores, issue, aCode } = await house({ signingKeys: new MemorySigningKeys() });
    const request = await aCode();
    await expect(issue(request)).rejects.toThrow('no active');
    expect((await stores.codes.find(environment.id, request.code))?.state).toEqual({ kind: 'live' });
  });

  it('X13 RFC 9068 §2 the access token', async () => {
    const { issue, aCode } = await house();
    const { body } = await issue(await aCode());
    expect(decodeProtectedHeader(body['access_token'] ?? '')).toMatchObject({ typ: 'at+jwt', alg: 'ES256' });
    const claims = decodeJwt(body['access_token'] ?? '');
    expect(claims).toMatchObject({
      ...{ iss: ISSUER, sub: 'user-alice', aud: 'https://orders.example', client_id: 'shop' },
      ...{
        scope: 'openid offline_access orders:read',
        acr: 'Single_Factor',
        amr: ['pwd'],
        auth_time: expect.any(Number),
      },
    });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(3600);
    expect(claims['authorization_id']).toBeDefined();
    expect(claims).not.toHaveProperty('nonce');
  });

  it('A15 OIDC Core §2 the ID token', async () => {
    const { issue, aCode } = await house();
    const { body } = await issue(await aCode());
    expect(decodeProtectedHeader(body['id_token'] ?? '')).toMatchObject({ typ: 'JWT', alg: 'RS256' });
    expect(decodeJwt(body['id_token'] ?? '')).toMatchObject({
      ...{ iss: ISSUER, sub: 'user-alice', aud: 'shop', nonce: 'n-1', acr: 'Single_Factor', amr: ['pwd'] },
      ...{
        at_hash: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
        sid: expect.any(String),
        auth_time: expect.any(Number),
      },
    });
  });

  it('R8 OIDC Core §12.2 the ID token of a refresh is about the same sign-on, and has no nonce', async () => {
    const { issue, aCode } = await house();
    const first = await issue(await aCode());
    const refresh_token = first.body['refresh_token'] ?? '';
    const second = await issue({ grant_type: 'refresh_token', refresh_token });
    const [before, after] = [first, second].map(({ body }) => decodeJwt(body['id_token'] ?? ''));
    for (const name of ['iss', 'sub', 'aud', 'auth_time', 'sid']) expect(after?.[name]).toEqual(before?.[name]);
    expect(after).not.toHaveProperty('nonce');
    expect(second.body['refresh_token']).not.toBe(refresh_token);
  });

  it('R3 a narrower refresh narrows the access token alone', async () => {
    const { issue, aCode } = await house();
    const first = await issue(await aCode());
    const narrowed = await issue({
      grant_type: 'refresh_token',
      refresh_token: first.body['refresh_token'] ?? '',
      scope: 'orders:read',
    });
    expect(narrowed.body).toMatchObject({ scope: 'orders:read' });
    expect(narrowed.body).not.toHaveProperty('id_token');
    const full = await issue({ grant_type: 'refresh_token', refresh_token: narrowed.body['refresh_token'] ?? '' });
    expect(full.body).toMatchObject({ scope: 'openid offline_access orders:read' });
  });

  it('C3 C4 R10 a machine gets an access token alone, and it says whose it is', async () => {
    const { issue } = await house();
    const { body } = await issue({ grant_type: 'client_credentials' }, 'robot');
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
    const claims = decodeJwt(body['access_token'] ?? '');
    expect(claims).toMatchObject({
      sub: 'robot',
      client_id: 'robot',
      scope: 'orders:read',
      aud: 'https://orders.example',
    });
    for (const name of ['auth_time', 'acr', 'amr', 'sid', 'authorization_id']) expect(claims).not.toHaveProperty(name);
  });

  it('R10 without offline access no refresh token', async () => {
    const { issue, aCode } = await house();
    const { body } = await issue(await aCode(anAuthorization({ scope: ScopeSet.of('openid') })));
    expect(body).not.toHaveProperty('refresh_token');
    expect(decodeJwt(body['access_token'] ?? '').aud).toBe(ISSUER);
  });

  it.each([
    ['CO-12 a resource nobody knows', { resource: 'https://evil.example' }, 'invalid_target'],
    ['CO-12 X10 an audience nobody knows', { audience: 'https://evil.example' }, 'invalid_target'],
    ['RT-05 more scope than allowed', { scope: 'openid profile' }, 'invalid_scope'],
    ['X9 a malformed scope', { scope: 'a"b' }, 'invalid_scope'],
  ])('%s refuses, and code and refresh token live on', async (_rule, mistake, code) => {
    const { issue, aCode } = await house();
    const form = await aCode();
    expect((await issue({ ...form, ...mistake })).body).toMatchObject({ error: code });
    const { body } = await issue(form);
    const refresh = { grant_type: 'refresh_token', refresh_token: body['refresh_token'] ?? '' };
    expect((await issue({ ...refresh, ...mistake })).body).toMatchObject({ error: code });
    expect((await issue(refresh)).status).toBe(200);
  });

  it('CO-13 a locked user’s code is refused, and lives on', async () => {
    const { issue, aCode, stores } = await house();
    const form = await aCode();
    stores.users.add(aUser({ status: 'locked' }));
    expect((await issue(form)).body).toMatchObject({ error: 'invalid_grant' });
    stores.users.add(aUser());
    expect((await issue(form)).status).toBe(200);
  });

  it.each([
    ['no grant_type', {}, 400, 'invalid_request'],
    ['X6 an unknown grant_type', { grant_type: 'foo' }, 400, 'unsupported_grant_type'],
    ['X6 a grant the client has not', { grant_type: 'client_credentials' }, 400, 'unauthorized_client'],
    ['A10 a code is missing', { grant_type: 'authorization_code' }, 400, 'invalid_request'],
    ['A11 a code is unknown', { grant_type: 'authorization_code', code: 'x' }, 400, 'invalid_grant'],
  ] as const)('X8 %s', async (_what, form, status, error) => {
    const { issue } = await house();
    const reply = await issue(form);
    expect([reply.status, reply.headers, reply.body['error']]).toEqual([status, NO_STORE, error]);
  });

  it('X4 RFC 6749 §5.2 whoever tried Basic is told the scheme, anybody else is not', async () => {
    const { ask, issue } = await house();
    const form = { grant_type: 'client_credentials' };
    const tried = await issue(form, 'nobody');
    expect([tried.status, tried.headers?.['www-authenticate']]).toEqual([401, 'Basic realm="acme", charset="UTF-8"']);
    const other = await ask(aPost({ ...form, client_id: 'robot', client_secret: 'wrong' }));
    expect([other.status, other.headers]).toEqual([401, NO_STORE]);
  });

  it('I12 requests are counted by grant type and outcome, and what is no grant type by one word', async () => {
    const { ask, issue, aCode, metrics } = await house();
    await issue(await aCode());
    await issue({ ...(await aCode()), code: 'nonsense' });
    for (const grant_type of ['made:up', 'made:up:too', 'password']) await issue({ grant_type });
    await ask(aPost({}));
    expect((await metrics.page()).text.match(/^grantway_token_requests_total.*$/gm)?.sort()).toEqual([
      'grantway_token_requests_total{grant_type="authorization_code",outcome="invalid_grant"} 1',
      'grantway_token_requests_total{grant_type="authorization_code",outcome="ok"} 1',
      'grantway_token_requests_total{grant_type="unknown",outcome="invalid_request"} 1',
      'grantway_token_requests_total{grant_type="unknown",outcome="unsupported_grant_type"} 3',
    ]);
  });

  it('I4 X8 what is no verdict is not made one', async () => {
    const { issue, aCode, stores } = await house();
    const form = await aCode();
    stores.authorizations.redeem = () => Promise.reject(new Error('storage is away'));
    await expect(issue(form)).rejects.toThrow('storage is away');
  });
});
