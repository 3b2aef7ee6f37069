import { createHash } from 'node:crypto';
import type { BackchannelPushAnswer } from '@grantway/contracts';
import { type Client, type Environment, RefreshTokenCodec, type User } from '@grantway/domain';
import { createLogger, EventLog } from '@grantway/platform';
import { GrantType, ScopeSet } from '@grantway/protocol';
import {
  aClient,
  aNewNotifiedRequest,
  anAuthorization,
  anEnvironment,
  aResource,
  aUser,
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
import { decodeJwt } from 'jose';
import { PUSH } from '../token-endpoint/pipeline.js';
import type { Step } from '../token-endpoint/step.js';
import { PushEndpoint } from './push-endpoint.js';

const ISSUER = 'https://login.example/acme/as';
const ALICE = 'user-alice';
const encryption = new KeyEncryption(Buffer.alloc(32, 2));
const keys = new MemorySigningKeys();
const grantTypes = [GrantType.Ciba, GrantType.RefreshToken];
const half = (text: string) =>
  createHash('sha256').update(text, 'ascii').digest().subarray(0, 16).toString('base64url');

beforeAll(() => new KeyLifecycle(keys, encryption).ensure('acme', ['ES256', 'RS256']));

/** The push pipeline over memory stores, and a request that alice approved. */
async function house({ approved = true, delivery = 'push' as 'push' | 'ping' } = {}) {
  const stores = new MemoryStores();
  const add = (changes: Partial<Client> = {}) => stores.clients.add(aClient({ id: 'till', grantTypes, ...changes }));
  stores.resources.add(aResource());
  stores.users.add(aUser());
  add();
  const codec = new RefreshTokenCodec(Buffer.alloc(32, 3));
  const signer = new TokenSigner(new KeyRing(keys, encryption));
  const { authorizations, backchannel, clients, resources } = stores;
  const given: Record<string, unknown[]> = {
    FindPush: [backchannel, clients, resources],
    RecallMinted: [authorizations, codec],
    CheckSubject: [stores.users],
    Mint: [
      ...[authorizations, codec, new AccessTokenMinter(signer, stores.opaqueAccessTokens)],
      ...[new IdTokenMinter(signer), signer],
    ],
  };
  const steps = PUSH.map((Type) => new (Type as new (...args: unknown[]) => Step)(...(given[Type.name] ?? [])));
  const endpoint = new PushEndpoint(steps, new EventLog(createLogger('token', 'silent')));
  const started = await backchannel.start(aNewNotifiedRequest({ delivery }), { perUser: 9, perClient: 9 });
  const { id, authReqId } = 'id' in started ? started : { id: '', authReqId: '' };
  const scope = ScopeSet.of('openid', 'offline_access', 'orders:read');
  if (approved) await backchannel.decide('acme', id, ALICE, anAuthorization({ scope }));
  const environment = anEnvironment({ grantTypes });
  const mint = (asked = authReqId, where: Environment = environment) => {
    const message = { environmentId: 'acme', requestId: 'request-1', deadline: Date.now() + 4_000, authReqId: asked };
    return endpoint.mint(message, where, ISSUER);
  };
  return { stores, mint, authReqId, codec, add };
}

const tokensOf = (answer: BackchannelPushAnswer) => {
  if (answer.kind !== 'tokens') throw new Error(`no tokens: ${JSON.stringify(answer)}`);
  return answer.tokens as Record<'access_token' | 'id_token' | 'refresh_token' | 'scope', string>;
};

describe('tokens to be pushed, CIBA Core §10.3', () => {
  it('§10.3.1 the whole set, tied together by the ID token', async () => {
    const { mint, authReqId } = await house();
    const tokens = tokensOf(await mint());
    expect(tokens).toMatchObject({
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'openid offline_access orders:read',
    });
    expect(decodeJwt(tokens.id_token)).toMatchObject({
      ...{ iss: ISSUER, aud: 'till', sub: ALICE, at_hash: half(tokens.access_token) },
      'urn:openid:params:jwt:claim:auth_req_id': authReqId,
      'urn:openid:params:jwt:claim:rt_hash': half(tokens.refresh_token),
    });
  });

  it('ADR 0003 I1 asked again: the same authorization, the same refresh token, other tokens', async () => {
    const { mint } = await house();
    const [first, second] = [tokensOf(await mint()), tokensOf(await mint())];
    expect(second.refresh_token).toBe(first.refresh_token);
    expect(second.access_token).not.toBe(first.access_token);
    const [one, other] = [first, second].map(({ access_token }) => decodeJwt(access_token)['authorization_id']);
    expect(one).toBe(other);
  });

  it('ADR 0003 of two that ask at once both get tokens of one authorization', async () => {
    const { mint } = await house();
    const answers = (await Promise.all([mint(), mint()])).map(tokensOf);
    expect(new Set(answers.map(({ refresh_token }) => refresh_token)).size).toBe(1);
  });

  it('ADR 0003 R5 once the refresh token was used there is nothing to push; where it ended before, that is pushed', async () => {
    for (const end of ['used', 'revoked']) {
      const { mint, stores } = await house();
      const id = String(decodeJwt(tokensOf(await mint()).access_token)['authorization_id']);
      if (end === 'used') await stores.authorizations.rotate(id, 0, { grace: 0, idle: 60 });
      else await stores.authorizations.revoke('acme', id);
      expect(await mint()).toEqual(end === 'used' ? { kind: 'done' } : { kind: 'refused', error: 'access_denied' });
    }
  });

  it.each([
    ['is not approved', { approved: false }],
    ['is not to be pushed', { delivery: 'ping' as const }],
  ])('house: a request that %s gives nothing', async (_what, options) => {
    const { mint } = await house(options);
    expect(await mint()).toEqual({ kind: 'refused', error: 'transaction_failed' });
  });

  it('CB-03 neither does one that nobody knows', async () => {
    const { mint, authReqId } = await house();
    for (const other of ['nonsense', `${authReqId.slice(0, -4)}AAAA`]) {
      expect(await mint(other)).toEqual({ kind: 'refused', error: 'transaction_failed' });
    }
  });

  it.each([
    ['client is disabled', { enabled: false }],
    ['client lost the grant', { grantTypes: [] }],
    ['client has no scope left', { scopes: [] }],
    ['client became public', { authMethod: 'none' as const }],
  ])('X14 whose %s: transaction_failed, and nothing is spent', async (_what, changes) => {
    const { mint, add } = await house();
    add(changes);
    expect(await mint()).toEqual({ kind: 'refused', error: 'transaction_failed' });
    add();
    expect((await mint()).kind).toBe('tokens');
  });

  it('B3 the environment switched the grant off: transaction_failed', async () => {
    const { mint } = await house();
    expect(await mint(undefined, anEnvironment())).toMatchObject({ kind: 'refused' });
  });

  it.each(['locked', 'disabled'] satisfies User['status'][])(
    'CB-05 the user is %s since: access_denied',
    async (status) => {
      const { mint, stores } = await house();
      stores.users.add(aUser({ status }));
      expect(await mint()).toEqual({ kind: 'refused', error: 'access_denied' });
    },
  );
});
