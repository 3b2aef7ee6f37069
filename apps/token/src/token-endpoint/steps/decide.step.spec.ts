import { type Client, ResourceCatalog } from '@grantway/domain';
import type { Issuance, TokenRequest } from '@grantway/grant-sdk';
import { type CallFrame, SPENDER } from '@grantway/grant-sdk/contract';
import { Metrics } from '@grantway/platform';
import {
  type ActClaim,
  GrantType,
  OAuthError,
  RESERVED_ACCESS_TOKEN_CLAIMS,
  ScopeSet,
  TokenType,
} from '@grantway/protocol';
import {
  aClient,
  anAuthentication,
  anAuthorization,
  anEnvironment,
  aPost,
  aResource,
  MemoryStores,
} from '@grantway/testing';
import type { RegisteredGrant } from '../grant-registry.js';
import { LocalGrant } from '../registered-grant.js';
import { TokenContext } from '../token-context.js';
import { Decide } from './decide.step.js';

const ID = '01a1f000-0000-7000-8000-000000000001';
const AT_FAULT = new OAuthError('temporarily_unavailable', { reason: 'grant.fault' });

const ONE_GRANTS = Object.entries(SPENDER).filter(([, type]) => type !== 'any');
const SOON = new Date(Date.now() + 60_000);
const ODD_ONCE: [string, object][] = [
  ['without an id', { until: SOON }],
  ['by an empty id', { id: '', until: SOON }],
  ['by an id too long', { id: 'x'.repeat(256), until: SOON }],
  ['by an id that is none', { id: 7, until: SOON }],
  ['by an id with a control character', { id: 'a\0', until: SOON }],
  ['until no date', { id: 'x', until: new Date(Number.NaN) }],
  ['until a text', { id: 'x', until: '2099-01-01' }],
  ['until before time began', { id: 'x', until: new Date(-1) }],
  ['for more than a day', { id: 'x', until: new Date(Date.now() + 2 * 86_400_000) }],
];

type Ask = (request: TokenRequest<object>, frame: CallFrame) => Promise<Issuance>;

function local(handle: Ask, type: string): RegisteredGrant {
  return new LocalGrant({ type, params: class {}, clients: 'any' }, { handle: handle as never });
}

/** As a grant of another process would be. */
function remote(handle: Ask, type: string): RegisteredGrant {
  return { ...local(handle, type), remote: true, handler: { handle }, params: () => ({}), fault: () => AT_FAULT };
}

async function decide(
  issuance: Partial<Issuance>,
  { grant = local, type = 'urn:example:ticket', clients = [] as Client[] } = {},
) {
  const stores = new MemoryStores();
  const metrics = new Metrics();
  stores.clients.add(...clients);
  const asked: { request: object; frame: CallFrame }[] = [];
  const context = new TokenContext(aPost({}, { traceparent: TRACE }), anEnvironment(), 'https://login.example/acme/as');
  context.client = aClient();
  context.params = { ticket: 't' };
  context.catalog = new ResourceCatalog([aResource()]);
  context.requestedScope = ScopeSet.of('openid');
  context.grant = grant(async (request, frame) => {
    asked.push({ request, frame });
    return { authorization: anAuthorization(), ...issuance };
  }, type);
  await new Decide(stores.clients, metrics).run(context);
  return { decided: context.issuance, asked, call: context.call, metrics };
}

const TRACE = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const subject = (kind: 'user' | 'client' | 'service_account', id: string) => ({
  authorization: anAuthorization({ subject: { kind, id } }),
});
const chain = (links: number): ActClaim => (links === 1 ? { sub: 'a' } : { sub: 'a', act: chain(links - 1) });

describe('Decide', () => {
  it('house: a grant gets what it is meant to see, and nothing of the request itself', async () => {
    const { asked, call } = await decide({});
    expect(Object.keys(asked[0]?.request ?? {}).sort()).toEqual(
      ['arrivedAt', 'catalog', 'client', 'environment', 'ip', 'params', 'requestedResources', 'requestedScope'].sort(),
    );
    expect(asked[0]?.frame).toEqual({ requestId: call.requestId, deadline: call.deadline, traceparent: TRACE });
  });

  it('house: how long it took is counted by type and outcome, wherever the grant runs', async () => {
    for (const grant of [local, remote]) {
      const { metrics } = await decide({}, { grant });
      const labels = 'grant_type="urn:example:ticket",outcome="issued"';
      expect((await metrics.page()).text).toContain(`grantway_token_decision_seconds_count{${labels}} 1`);
    }
  });

  it('house: what a grant decides is what goes on', async () => {
    const issuance = {
      claims: { tier: 'gold' },
      actor: chain(3),
      notAfter: new Date(Date.now() + 60_000),
      issuedTokenType: TokenType.AccessToken,
    };
    expect((await decide(issuance)).decided).toMatchObject(issuance);
    expect((await decide({ refreshToken: true, nonce: 'n' })).decided).toMatchObject({
      refreshToken: true,
      nonce: 'n',
    });
  });

  const BROKEN: [string, object, string?][] = [
    ...[...RESERVED_ACCESS_TOKEN_CLAIMS].map((name): [string, object] => [
      `sets ${name}`,
      { claims: { own: 1, [name]: 'x' } },
    ]),
    ['speaks for another client', subject('client', 'robot')],
    ['spends nothing, as an object', { spend: {} }],
    ['spends two artifacts', { spend: { deviceCode: ID, backchannelRequest: ID } }, GrantType.DeviceCode],
    ['spends what nobody knows', { spend: { ticket: ID } }],
    ['spends what is no id', { spend: { deviceCode: "' OR 1=1" } }, GrantType.DeviceCode],
    ['names a chain too long', { actor: chain(4) }],
    ['names an actor without sub', { actor: { client_id: 'shop' } }],
    ['ends at no date', { notAfter: new Date(Number.NaN) }],
    ['ends at a text', { notAfter: '2099-01-01' }],
    [
      'was authenticated at no date',
      { authorization: anAuthorization({ authentication: anAuthentication({ time: new Date('x') }) }) },
    ],
    ['lets be refreshed what has an end', { refreshToken: true, notAfter: SOON }],
    ['lets be refreshed what has claims', { refreshToken: true, claims: { tier: 'gold' } }],
    ['lets be refreshed what has an actor', { refreshToken: true, actor: chain(1) }],
    [
      'lets be refreshed what nobody proved themselves for',
      {
        refreshToken: true,
        authorization: { subject: { kind: 'user', id: 'user-alice' }, scope: ScopeSet.of('openid'), resources: [] },
      },
    ],
    ['issues an unknown type', { issuedTokenType: 'urn:example:token' }],
    ...ONE_GRANTS.map(([kind]): [string, object] => [`spends another grant’s ${kind}`, { spend: { [kind]: ID } }]),
    ...ODD_ONCE.map(([what, once]): [string, object] => [`spends once ${what}`, { spend: { once } }]),
  ];
  const rows = BROKEN.map(([what, issuance, type]) => [what, { issuance, known: { ...(type && { type }) } }] as const);
  it.each(rows)('house: a grant that %s fails closed, before anything is spent', async (_what, { issuance, known }) => {
    await expect(decide(issuance, known)).rejects.toMatchObject({ name: 'BrokenIssuance' });
    await expect(decide(issuance, { ...known, grant: remote })).rejects.toBe(AT_FAULT);
  });

  it.each(ONE_GRANTS)('house: %s is spent by %s, and by nobody else', async (kind, type) => {
    const issuance = { spend: { [kind]: ID } } as never;
    expect((await decide(issuance, { type })).decided.spend).toEqual({ [kind]: ID });
  });

  it('house: any grant spends what is its own, once, a day ahead at most', async () => {
    const once = { id: 'voucher-4711', until: new Date(Date.now() + 86_400_000) };
    for (const grant of [local, remote])
      expect((await decide({ spend: { once } }, { grant })).decided.spend).toEqual({ once });
  });

  it('S7 RFC 8693 token exchange may run apart and still say what a token stands and falls with', async () => {
    const authorization = anAuthorization({
      subject: { kind: 'service_account', id: 'robot' },
      scope: ScopeSet.of('orders:read'),
    });
    const issuance = { authorization, serviceAccountVersion: 1, derivedFrom: ID };
    const type = GrantType.TokenExchange;
    expect((await decide(issuance, { grant: remote, type })).decided).toMatchObject(issuance);
    await expect(decide({ derivedFrom: ID }, { grant: remote })).rejects.toBe(AT_FAULT);
  });

  it('S7 only the token service speaks for service accounts', async () => {
    const issuance = { ...subject('service_account', 'robot'), serviceAccountVersion: 1 };
    expect((await decide(issuance)).decided).toMatchObject(issuance);
    await expect(decide(issuance, { grant: remote })).rejects.toBe(AT_FAULT);
    await expect(decide({ serviceAccountVersion: 1 }, { grant: remote })).rejects.toBe(AT_FAULT);
  });

  it('house: a client is its own subject, from wherever that is said', async () => {
    const scope = ScopeSet.of('orders:read');
    const itself = { authorization: anAuthorization({ subject: { kind: 'client', id: 'shop' }, scope }) };
    for (const grant of [local, remote]) {
      expect((await decide(itself, { grant })).decided).toMatchObject(itself);
    }
  });

  it('C2 a remote grant gives no client what needs a user; what ours allow is limited later', async () => {
    for (const name of ['openid', 'orders:place']) {
      const scope = ScopeSet.of('orders:read', name);
      const itself = { authorization: anAuthorization({ subject: { kind: 'client', id: 'shop' }, scope }) };
      await expect(decide(itself, { grant: remote })).rejects.toBe(AT_FAULT);
      await expect(decide(itself)).resolves.toBeDefined();
      await expect(decide({ authorization: anAuthorization({ scope }) }, { grant: remote })).resolves.toBeDefined();
    }
  });

  const audiences = ['robot', 'gone', 'off', 'foreign'];
  const clients = [
    aClient({ id: 'robot' }),
    aClient({ id: 'off', enabled: false }),
    aClient({ id: 'foreign', environmentId: 'other' }),
  ];
  it('house: aud names enabled clients of this environment alone', async () => {
    expect((await decide({ audiences }, { clients })).decided.audiences).toEqual(['robot']);
    await expect(decide({ audiences }, { clients, grant: remote })).rejects.toBe(AT_FAULT);
    expect((await decide({ audiences: ['robot'] }, { clients, grant: remote })).decided.audiences).toEqual(['robot']);
  });

  it('T10 what should have ended by now is refused, and is nobody’s fault', async () => {
    for (const grant of [local, remote]) {
      for (const left of [-1, 900]) {
        const over = decide({ notAfter: new Date(Date.now() + left) }, { grant });
        await expect(over).rejects.toMatchObject({ code: 'invalid_request', detail: { reason: 'issuance.over' } });
      }
      await expect(decide({ notAfter: new Date(Date.now() + 5_000) }, { grant })).resolves.toBeDefined();
    }
  });

  it('I4 an outage while checking is no fault of the grant', async () => {
    const context = new TokenContext(aPost({}), anEnvironment(), 'https://login.example/acme/as');
    context.grant = remote(
      async () => ({ authorization: anAuthorization(), audiences: ['shop'] }),
      'urn:example:ticket',
    );
    context.client = aClient();
    const away = { find: () => Promise.reject(new Error('storage is away')) };
    await expect(new Decide(away as never, new Metrics()).run(context)).rejects.toThrow('storage is away');
  });
});
