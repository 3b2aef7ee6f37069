import {
  ClientAuthenticator,
  ClientSecretBasicMethod,
  ClientSecretHasher,
  ClientSecretPostMethod,
  NoneMethod,
} from '@grantway/client-auth';
import type { HttpCall } from '@grantway/contracts';
import { type Authorization, RefreshTokenCodec, type Resource } from '@grantway/domain';
import { createLogger, EventLog } from '@grantway/platform';
import { ClientAuthMethod, ScopeSet } from '@grantway/protocol';
import {
  aClient,
  aMachineClient,
  aNewAuthorization,
  aNewSession,
  anAuthentication,
  anAuthorization,
  anEnvironment,
  aPost,
  aPublicClient,
  aResource,
  aTokenFamily,
  aUser,
  MemorySigningKeys,
  MemoryStores,
} from '@grantway/testing';
import {
  AccessTokenMinter,
  AccessTokenOpener,
  AccessTokenReader,
  IdTokenMinter,
  KeyEncryption,
  KeyLifecycle,
  KeyRing,
  TokenHolders,
  TokenSigner,
  TokenVerifier,
} from '@grantway/token-signing';
import { IntrospectionCallers } from '../src/introspection-endpoint/introspection-callers.js';
import { IntrospectionEndpoint } from '../src/introspection-endpoint/introspection-endpoint.js';
import { RefreshTokenIntrospection } from '../src/introspection-endpoint/refresh-token-introspection.js';
import { RefreshTokenReader } from '../src/introspection-endpoint/refresh-token-reader.js';
import { RevocationEndpoint } from '../src/revocation-endpoint/revocation-endpoint.js';
import { UserInfoEndpoint } from '../src/userinfo-endpoint/userinfo-endpoint.js';

export const ISSUER = 'https://login.example/acme/as';
const SECRET = 's3cret';
const hasher = new ClientSecretHasher(Buffer.alloc(32, 1));
const encryption = new KeyEncryption(Buffer.alloc(32, 2));
const keys = new MemorySigningKeys();
const ring = new KeyRing(keys, encryption);

export const environment = anEnvironment();
export const ORDERS = aResource({ introspectionSecretHashes: [hasher.hash(SECRET)] });
export const OPAQUE = aResource({
  ...{ name: 'vault', audience: 'https://vault.example', accessTokenFormat: 'opaque' },
  scopes: [{ name: 'vault:open', description: 'Open it', userOnly: false }],
  introspectionSecretHashes: [hasher.hash(SECRET)],
});

/** Introspection, revocation and userinfo over the same stores; two resources, four clients and a person. */
export async function companions() {
  await new KeyLifecycle(keys, encryption).ensure('acme', ['ES256', 'RS256']);
  const stores = new MemoryStores();
  const secretHashes = [hasher.hash(SECRET)];
  stores.users.add(aUser());
  stores.resources.add(ORDERS, OPAQUE, aResource({ name: 'mute', audience: 'https://mute.example', scopes: [] }));
  stores.clients.add(
    aClient({ secretHashes }),
    aClient({ id: 'rival', authMethod: ClientAuthMethod.SecretPost, secretHashes }),
    aMachineClient({ secretHashes }),
    aPublicClient(),
  );
  const codec = new RefreshTokenCodec(Buffer.alloc(32, 3));
  const signer = new TokenSigner(ring);
  const minter = new AccessTokenMinter(signer, stores.opaqueAccessTokens);
  const opener = new AccessTokenOpener(new TokenVerifier(ring), stores.opaqueAccessTokens);
  const holders = new TokenHolders(stores.users, stores.serviceAccounts);
  const reader = new AccessTokenReader(opener, stores.revokedTokens, stores.authorizations, stores.clients, holders);
  const methods = [new ClientSecretBasicMethod(hasher), new ClientSecretPostMethod(hasher), new NoneMethod()];
  const authenticator = new ClientAuthenticator(methods, stores.clients, stores.attempts);
  const refreshTokens = new RefreshTokenReader(stores.authorizations, codec);
  const log = new EventLog(createLogger('token', 'silent'));
  const introspection = new IntrospectionEndpoint(
    new IntrospectionCallers(authenticator, stores.resources, hasher, stores.attempts),
    reader,
    new RefreshTokenIntrospection(refreshTokens, holders),
    stores.attempts,
    log,
  );
  const revocation = new RevocationEndpoint(
    authenticator,
    refreshTokens,
    opener,
    stores.authorizations,
    stores.opaqueAccessTokens,
    stores.revokedTokens,
    log,
  );
  const userInfo = new UserInfoEndpoint(reader, log);

  /** Tokens of a person's visit at a client. */
  async function tokens({ clientId = 'shop', resources = [ORDERS] as readonly Resource[], offline = true } = {}) {
    const { session } = await stores.sessions.create(aNewSession());
    const client = aClient({ id: clientId });
    const authentication = anAuthentication({ sessionId: session.id, time: session.authTime });
    const scope = ScopeSet.of('openid', 'offline_access', 'orders:read', 'vault:open');
    const authorization = anAuthorization({ authentication, scope });
    const family = aTokenFamily();
    const record = aNewAuthorization({ clientId, authorization, offline, family });
    const authorizationId = await stores.authorizations.record(record);
    const grounds = { environment, issuer: ISSUER, client, authorization, authorizationId, scope, resources };
    return {
      authorizationId,
      session,
      access: (await minter.mint(grounds)).token,
      sibling: (await minter.mint(grounds)).token,
      id: await new IdTokenMinter(signer).mint({ environment, issuer: ISSUER, client, authorization }),
      refresh: codec.format(authorizationId, family.salt, 0),
      successor: codec.format(authorizationId, family.salt, 1),
    };
  }

  /** A client's own. */
  async function ownToken(clientId = 'robot', resource: Resource = ORDERS) {
    const { authentication: _, ...authorization }: Authorization = anAuthorization({
      subject: { kind: 'client', id: clientId },
      scope: ScopeSet.of('orders:read'),
    });
    const client = aMachineClient({ id: clientId });
    const grounds = { environment, issuer: ISSUER, client, authorization, scope: authorization.scope };
    return (await minter.mint({ ...grounds, resources: [resource] })).token;
  }

  const introspectCall = (call: HttpCall, at = environment) => introspection.answer(call, at, ISSUER);
  const introspect = async (id: string, token: string, more: Record<string, string> = {}) => {
    const reply = await introspectCall(aPost({ token, ...more }, { authorization: basic(id, SECRET) }));
    return reply.kind === 'json' ? (reply.body as Record<string, unknown>) : {};
  };
  const revokeCall = (call: HttpCall) => revocation.answer(call, environment, ISSUER);
  const revoke = (id: string, token: string, more: Record<string, string> = {}) =>
    revokeCall(aPost({ token, ...more }, { authorization: basic(id, SECRET) }));
  const ask = (token: string) => userInfo.answer(aPost({ access_token: token }), environment, ISSUER);
  return { stores, tokens, ownToken, introspect, introspectCall, revoke, revokeCall, userInfo: ask };
}

export function basic(id: string, secret = SECRET): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}
