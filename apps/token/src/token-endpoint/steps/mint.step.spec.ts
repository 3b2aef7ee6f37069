import { RefreshTokenCodec } from '@grantway/domain';
import type { Issuance } from '@grantway/grant-sdk';
import { ScopeSet } from '@grantway/protocol';
import {
  aClient,
  anAuthorization,
  anEnvironment,
  aPost,
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
import { LocalGrant } from '../registered-grant.js';
import { TokenContext } from '../token-context.js';
import { Mint } from './mint.step.js';

const encryption = new KeyEncryption(Buffer.alloc(32, 2));
const keys = new MemorySigningKeys();
const VOUCHER = 'urn:example:voucher';

beforeAll(() => new KeyLifecycle(keys, encryption).ensure('acme', ['ES256', 'RS256']));

/** Mints what a grant decided, in front of memory stores. */
function house() {
  const stores = new MemoryStores();
  const signer = new TokenSigner(new KeyRing(keys, encryption));
  const accessTokens = new AccessTokenMinter(signer, stores.opaqueAccessTokens);
  const codec = new RefreshTokenCodec(Buffer.alloc(32, 3));
  const mint = new Mint(stores.authorizations, codec, accessTokens, new IdTokenMinter(signer), signer);
  const until = new Date(stores.clock.now() + 60_000);

  const spend = async (id: string, { type = VOUCHER, arrivedAgo = 0, openid = false, ...more }: Spending = {}) => {
    const call = { ...aPost({}), receivedAt: Date.now() - arrivedAgo };
    const context = new TokenContext(call, anEnvironment(), 'https://login.example/acme/as');
    const scope = openid ? ScopeSet.of('openid', 'orders:read') : ScopeSet.of('orders:read');
    Object.assign(context, {
      ...{ client: aClient(), user: aUser(), scope, resources: [aResource()], catalog: undefined },
      grant: new LocalGrant({ type, params: class {}, clients: 'any' }, { handle: () => Promise.reject(new Error()) }),
      // Of no session, so that it lives by itself.
      issuance: {
        authorization: { subject: { kind: 'user', id: 'user-alice' }, scope, resources: [] },
        spend: { once: { id, until } },
        ...more,
      } satisfies Issuance,
    });
    await mint.run(context);
    return context.reply;
  };
  const spent = (id: string) => stores.authorizations.findSpent('acme', { id, grantType: VOUCHER, until });
  return { stores, spend, spent };
}

interface Spending extends Partial<Issuance> {
  readonly type?: string;
  readonly arrivedAgo?: number;
  readonly openid?: boolean;
}

const refused = (reason: string) => ({ code: 'invalid_grant', detail: { reason } });

describe('Mint, what a team’s own grant spends, design section 4.2', () => {
  it('CO-02 I1 of ten at once one is issued, and its tokens live', async () => {
    const { spend, spent, stores } = house();
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => spend('v-1')));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(refused('artifact.lost_race'));
    }
    expect(await stores.authorizations.isLive('acme', (await spent('v-1'))?.authorizationId ?? '')).toBe(true);
  });

  it('CO-01 used again later: refused, and what came of it ends', async () => {
    const { spend, spent, stores } = house();
    await spend('v-1');
    expect(await stores.authorizations.isLive('acme', (await spent('v-1'))?.authorizationId ?? '')).toBe(true);
    stores.clock.elapse(30);
    await expect(spend('v-1')).rejects.toMatchObject(refused('artifact.replayed'));
    expect(await stores.authorizations.isLive('acme', (await spent('v-1'))?.authorizationId ?? '')).toBe(false);
  });

  it('house: two grants may call what they spend the same', async () => {
    const { spend } = house();
    await spend('v-1');
    await expect(spend('v-1', { type: 'urn:example:ticket' })).resolves.toBeDefined();
  });

  it('house: what ended while it was decided about is not spent', async () => {
    const { spend, stores } = house();
    stores.clock.elapse(61);
    await expect(spend('v-1')).rejects.toMatchObject(refused('artifact.expired'));
  });

  it('house: neither token outlives the moment it may not outlive', async () => {
    const { spend } = house();
    const notAfter = new Date(Date.now() + 60_000);
    const { access_token, id_token = '' } = await spend('v-1', { notAfter, openid: true });
    for (const token of [access_token, id_token]) {
      expect((decodeJwt(token).exp ?? 0) * 1_000).toBeLessThanOrEqual(notAfter.getTime());
    }
  });

  it('house: a client that spends for itself is on record too, or nobody could end it', async () => {
    const { spend, spent } = house();
    await spend('v-1', { authorization: anAuthorization({ subject: { kind: 'client', id: 'shop' } }) });
    expect(await spent('v-1')).toBeDefined();
  });
});
