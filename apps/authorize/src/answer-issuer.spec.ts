import { createHash } from 'node:crypto';
import type { RedirectReply } from '@grantway/contracts';
import type { AuthorizationRequest, Client, Environment, Resource } from '@grantway/domain';
import { createLogger, EventLog } from '@grantway/platform';
import {
  aCall,
  aClient,
  aNewSession,
  anAuthorizationRequest,
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
import { ISSUER } from '../test/a-context.js';
import { AnswerIssuer } from './answer-issuer.js';

const encryption = new KeyEncryption(Buffer.alloc(32, 2));
const keys = new MemorySigningKeys();
beforeAll(() => new KeyLifecycle(keys, encryption).ensure('acme', ['ES256', 'RS256']));

const GRANTS = ['authorization_code', 'implicit', 'refresh_token'];
const environment = anEnvironment({ grantTypes: GRANTS });
const client = aClient({ grantTypes: GRANTS });
const leftHalf = (text: string) => createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');

interface Known {
  readonly client?: Partial<Client>;
  readonly environment?: Partial<Environment>;
  readonly resources?: readonly Resource[];
}

/** What goes back to the client, as fields. */
async function answer(request: Partial<AuthorizationRequest>, known: Known = {}) {
  const stores = new MemoryStores();
  stores.resources.add(...(known.resources ?? [aResource()]));
  const signer = new TokenSigner(new KeyRing(keys, encryption));
  const issuer = new AnswerIssuer(
    ...([stores.answers, stores.resources] as const),
    ...([new AccessTokenMinter(signer, stores.opaqueAccessTokens), new IdTokenMinter(signer), signer] as const),
    new EventLog(createLogger('test', 'silent')),
  );
  const { session } = await stores.sessions.create(aNewSession());
  const reply = await issuer.answer({
    call: aCall(),
    ...{ session, user: aUser({ claims: { name: 'Alice', email: 'alice@example.com' } }), issuer: ISSUER },
    environment: { ...environment, ...known.environment },
    client: { ...client, ...known.client },
    request: anAuthorizationRequest({ responseMode: 'fragment', nonce: 'n-1', ...request }),
  });
  const fields = new URLSearchParams(new URL((reply as RedirectReply).location).hash.slice(1));
  return { stores, fields: Object.fromEntries(fields) };
}

describe('answers to authorization requests', () => {
  it('H3 OIDC Core §3.3.2.11 code id_token token: each is bound to the others', async () => {
    const { fields } = await answer({ responseType: 'code id_token token', scope: ['openid', 'orders:read'] });
    const claims = decodeJwt(fields['id_token'] ?? '');
    expect(claims).toMatchObject({
      c_hash: leftHalf(fields['code'] ?? ''),
      at_hash: leftHalf(fields['access_token'] ?? ''),
      nonce: 'n-1',
    });
    expect(decodeJwt(fields['access_token'] ?? '')).toMatchObject({
      ...{ aud: 'https://orders.example', scope: 'openid orders:read', authorization_id: expect.any(String) },
    });
  });

  it('I4 OIDC Core §5.4 id_token alone brings the claims its scopes ask for', async () => {
    const { fields } = await answer({ responseType: 'id_token', scope: ['openid', 'profile'] });
    expect(decodeJwt(fields['id_token'] ?? '')).toMatchObject({ name: 'Alice' });
    expect(decodeJwt(fields['id_token'] ?? '')).not.toHaveProperty('email');
  });

  it('I5 a token through the browser is not good for offline access, the code beside it is', async () => {
    const { stores, fields } = await answer({
      ...{ responseType: 'code token', scope: ['openid', 'offline_access', 'orders:read'] },
    });
    expect(fields['scope']).toBe('openid orders:read');
    const code = await stores.codes.find('acme', fields['code'] ?? '');
    expect(code?.authorization.scope.toArray()).toContain('offline_access');
  });

  const stock = aResource({
    ...{ name: 'stock', audience: 'https://stock.example' },
    scopes: [{ name: 'stock:read', description: '', userOnly: false }],
  });
  const both = { responseType: 'token', scope: ['orders:read', 'stock:read'] } as const;
  const wide = { scopes: ['openid', 'orders:read', 'stock:read'] };

  it('RT-06 a scope that was taken since is not in the token', async () => {
    expect((await answer(both, { client: wide, resources: [stock] })).fields['scope']).toBe('stock:read');
    expect((await answer(both, { client: { scopes: ['orders:read'] } })).fields['scope']).toBe('orders:read');
  });

  it('RFC 8707 §2.2 X10 no more than the resources that were asked for', async () => {
    const { fields } = await answer(
      { ...both, resources: ['https://stock.example'] },
      { client: { ...wide, multipleResources: true }, resources: [aResource(), stock] },
    );
    expect([fields['scope'], decodeJwt(fields['access_token'] ?? '').aud]).toEqual([
      'stock:read',
      'https://stock.example',
    ]);
  });

  it.each<[string, Partial<AuthorizationRequest>, Known, string]>([
    [
      'I5 implicit was switched off for the client',
      both,
      { client: { grantTypes: ['authorization_code'] } },
      'unauthorized_client',
    ],
    [
      'I5 implicit was switched off here',
      both,
      { environment: { grantTypes: ['authorization_code'] } },
      'unauthorized_client',
    ],
    ['RT-06 nothing of the scope is left', both, { client: { scopes: [] } }, 'invalid_scope'],
    [
      'I2 openid was taken from the client',
      { responseType: 'id_token', scope: ['openid', 'orders:read'] },
      { client: { scopes: ['orders:read'] } },
      'invalid_scope',
    ],
    ['X9 two resources without the flag', both, { client: wide, resources: [aResource(), stock] }, 'invalid_scope'],
  ])('%s: told to the client, and nothing is handed out', async (_since, request, known, error) => {
    const { fields } = await answer(request, known);
    expect(fields).toMatchObject({ error, iss: ISSUER });
    expect(Object.keys(fields).sort()).toEqual(['error', 'error_description', 'iss', 'state']);
  });
});
