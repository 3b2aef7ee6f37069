import type { HttpCall } from '@grantway/contracts';
import {
  type Client,
  type Environment,
  type Resource,
  ResourceCatalog,
  type ServiceAccountSettings,
  type UserStatus,
} from '@grantway/domain';
import type { Issuance } from '@grantway/grant-sdk';
import { GrantType, ScopeSet } from '@grantway/protocol';
import {
  aCall,
  aClient,
  aMachineClient,
  anAuthentication,
  anAuthorization,
  anEnvironment,
  aPost,
  aPublicClient,
  aResource,
  aServiceAccount,
  aUser,
  MemoryStores,
} from '@grantway/testing';
import type { GrantRegistry, RegisteredGrant } from '../grant-registry.js';
import { mayRefresh, refreshLimits } from '../refresh-policy.js';
import { LocalGrant } from '../registered-grant.js';
import { TokenContext } from '../token-context.js';
import { AllowGrantType } from './allow-grant-type.step.js';
import { CheckSubject } from './check-subject.step.js';
import { FindGrant } from './find-grant.step.js';
import { LimitAudience } from './limit-audience.step.js';
import { LimitScope } from './limit-scope.step.js';
import { ParseForm } from './parse-form.step.js';

const ISSUER = 'https://login.example/acme/as';
const orders = aResource();
const stock = aResource({
  name: 'stock',
  audience: 'https://stock.example',
  scopes: [{ name: 'stock:read', description: 'See the stock', userOnly: false }],
});

interface Known {
  readonly call?: HttpCall;
  readonly client?: Client;
  readonly environment?: Environment;
  readonly issuance?: Partial<Issuance>;
  readonly resources?: readonly Resource[];
  readonly grant?: RegisteredGrant;
}

/** What the steps before have found out. */
function aContext({ call = aPost({}), client = aClient(), environment = anEnvironment(), ...known }: Known = {}) {
  const context = new TokenContext(call, environment, ISSUER);
  context.client = client;
  context.catalog = new ResourceCatalog(known.resources ?? [orders, stock]);
  context.issuance = { authorization: anAuthorization(), ...known.issuance };
  context.grant = known.grant ?? aGrant();
  return context;
}

function aGrant(options: Partial<RegisteredGrant['options']> = {}, issuance: Partial<Issuance> = {}): RegisteredGrant {
  return new LocalGrant(
    { type: GrantType.AuthorizationCode, params: class {}, clients: 'any', ...options },
    { handle: async () => ({ authorization: anAuthorization(), ...issuance }) },
  );
}

const parse = (form: Record<string, string[]>) => {
  const context = aContext({ call: aCall({ method: 'POST', form }) });
  new ParseForm().run(context);
  return context;
};

describe('ParseForm', () => {
  it('X2 every parameter once; unknown ones are kept for nobody, empty ones are absent', () => {
    const { form, requestedScope } = parse({ grant_type: ['x'], unknown: ['y'], scope: [''], code: [''] });
    expect([...form]).toEqual([
      ['grant_type', 'x'],
      ['unknown', 'y'],
    ]);
    expect(requestedScope).toBeUndefined();
  });

  it.each(['grant_type', 'scope', 'client_id', 'code', 'unknown', '__proto__'])('X2 %s twice', (name) => {
    const form = Object.fromEntries([[name, ['a', 'b']]]);
    expect(() => parse(form)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
    expect(() => parse(Object.fromEntries([[name, ['', '']]]))).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });

  it('X2 RFC 8707 §2 resource and audience may repeat, and both name targets', () => {
    expect(parse({ resource: ['a', '', 'b'], audience: ['c'] }).requestedResources).toEqual(['a', 'b', 'c']);
    expect(parse({}).requestedResources).toEqual([]);
  });

  it.each(['a"b', 'a\tb', 'é', 'a '.repeat(101)])('X9 AZ-18 scope "%.10s" is malformed', (scope) => {
    const wide = scope.startsWith('a a') ? Array.from({ length: 101 }, (_, index) => `s${index}`).join(' ') : scope;
    expect(() => parse({ scope: [wide] })).toThrow(expect.objectContaining({ code: 'invalid_scope' }));
  });

  it('X9 a scope of spaces is absent', () => {
    expect(parse({ scope: ['  '] }).requestedScope).toBeUndefined();
    expect(parse({ scope: ['b a'] }).requestedScope?.toArray()).toEqual(['b', 'a']);
  });
});

describe('FindGrant', () => {
  const grant = aGrant();
  const grants: Record<string, unknown> = { authorization_code: grant, 'urn:example:ticket': 'away' };
  const registry = { find: (type: string) => grants[type] };
  const find = (type: string, environment = anEnvironment()) => {
    const context = aContext({ environment });
    context.form = new Map(type ? [['grant_type', type]] : []);
    new FindGrant(registry as unknown as GrantRegistry).run(context);
    return context.grant;
  };

  it('X6 a grant that is here and switched on', () => {
    expect(find('authorization_code')).toBe(grant);
  });

  it.each([
    ['missing', '', 'invalid_request'],
    ['unknown', 'foo', 'unsupported_grant_type'],
    ['I6 implicit', 'implicit', 'unsupported_grant_type'],
    ['TX-01 in capitals', 'AUTHORIZATION_CODE', 'unsupported_grant_type'],
    ['known but not here', 'client_credentials', 'unsupported_grant_type'],
  ])('X6 grant_type %s', (_what, type, code) => {
    expect(() => find(type)).toThrow(expect.objectContaining({ code }));
  });

  it('design §5 a grant whose service is away: no verdict, and when to come again', () => {
    const environment = anEnvironment({ grantTypes: ['urn:example:ticket'] });
    expect(() => find('urn:example:ticket', environment)).toThrow(
      expect.objectContaining({ code: 'temporarily_unavailable', detail: { reason: 'grant.away', retryAfter: 1 } }),
    );
    // Where it is off, nobody learns that it ever was.
    expect(() => find('urn:example:ticket')).toThrow(expect.objectContaining({ code: 'unsupported_grant_type' }));
  });

  it('X6 a grant that is off in this environment', () => {
    const environment = anEnvironment({ grantTypes: ['client_credentials'] });
    expect(() => find('authorization_code', environment)).toThrow(
      expect.objectContaining({ code: 'unsupported_grant_type' }),
    );
  });
});

describe('AllowGrantType', () => {
  it.each([
    ['a client that has it', aClient(), 'any', true],
    ['a public client that has it', aPublicClient(), 'any', true],
    ['a confidential client, for a grant of theirs', aClient(), 'confidential', true],
    ['X6 a client that has it not', aClient({ grantTypes: ['refresh_token'] }), 'any', false],
    ['C1 CA-11 a public client, for a grant of confidential ones', aPublicClient(), 'confidential', false],
  ] as const)('RFC 6749 §5.2 %s', (_who, client, clients, allowed) => {
    const run = () => new AllowGrantType().run(aContext({ client, grant: aGrant({ clients }) }));
    if (allowed) expect(run).not.toThrow();
    else expect(run).toThrow(expect.objectContaining({ code: 'unauthorized_client' }));
  });
});

describe('TokenContext', () => {
  it('CO-02 a request arrived when the door says, never later than now, nor longer ago than one may take', () => {
    const now = Date.now();
    const arrivedAt = (receivedAt: number) =>
      aContext({ call: aPost({}, { receivedAt, deadline: receivedAt + 5_000 }) }).arrivedAt;
    expect(arrivedAt(now - 250)).toBe(now - 250);
    expect(arrivedAt(now + 10_000)).toBeLessThanOrEqual(Date.now());
    expect(arrivedAt(now - 60_000)).toBeGreaterThanOrEqual(now - 5_000);
  });
});

const aMachine = { kind: 'service_account', id: 'night' } as const;

describe('LimitScope', () => {
  const limit = (known: Known, requested?: string) => {
    const context = aContext(known);
    if (requested !== undefined) context.requestedScope = ScopeSet.parse(requested) as ScopeSet;
    new LimitScope().run(context);
    return context.scope.toArray();
  };
  /** Before this request: something is there to spend. */
  const authorized = (...scope: string[]) => ({
    authorization: anAuthorization({ scope: ScopeSet.from(scope) }),
    spend: { authorizationCode: 'code-1' },
  });
  const itself = (...scope: string[]) => ({
    authorization: { subject: { kind: 'client', id: 'robot' }, scope: ScopeSet.from(scope), resources: [] } as const,
  });

  it.each(['client', 'service_account'] as const)('C2 a user’s scope is not for a %s', (kind) => {
    const of = (...scope: string[]) => ({
      authorization: { subject: { kind, id: 'robot' }, scope: ScopeSet.from(scope), resources: [] },
    });
    const refused = expect.objectContaining({ code: 'invalid_scope' });
    expect(() => limit({ issuance: of('orders:read', 'orders:place') })).toThrow(refused);
    expect(() => limit({ issuance: of('openid', 'orders:read') }, 'openid')).toThrow(refused);
    expect(limit({ issuance: of('orders:read', 'orders:place') }, 'orders:read')).toEqual(['orders:read']);
  });

  it('RFC 6749 §3.3 nothing asked gives what was authorized', () => {
    expect(limit({ issuance: authorized('openid', 'orders:read') })).toEqual(['openid', 'orders:read']);
  });

  it('R3 RFC 6749 §6 less asked gives less', () => {
    expect(limit({ issuance: authorized('openid', 'orders:read') }, 'orders:read')).toEqual(['orders:read']);
  });

  it.each([
    ['R3 RT-05 more than was authorized', { issuance: authorized('openid') }, 'openid orders:read'],
    ['X9 an unknown scope', { issuance: authorized('openid') }, 'bogus'],
    [
      'TX-02 X9 a machine asks beyond its registration',
      { client: aMachineClient(), issuance: itself('stock:read') },
      'stock:read',
    ],
    [
      'TX-02 a grant that authorizes a machine beyond it',
      { client: aMachineClient(), issuance: itself('stock:read') },
      undefined,
    ],
    [
      'TX-02 T5 W1 a user who is authorized by this very request, beyond what the client is registered for',
      { issuance: { authorization: anAuthorization({ scope: ScopeSet.of('openid', 'stock:read') }) } },
      'stock:read',
    ],
    [
      'S4 TX-08 a service account beyond its list',
      { issuance: { authorization: { ...itself('orders:read').authorization, subject: aMachine } } },
      'orders:place',
    ],
    [
      'RT-06 every scope was taken from the client',
      { client: aClient({ scopes: [] }), issuance: authorized('openid') },
      undefined,
    ],
  ])('%s', (_rule, known, requested) => {
    expect(() => limit(known, requested)).toThrow(expect.objectContaining({ code: 'invalid_scope' }));
  });

  it('RT-06 a scope taken from the client since is not in the next token', () => {
    const client = aClient({ scopes: ['openid'] });
    expect(limit({ client, issuance: authorized('openid', 'orders:read') })).toEqual(['openid']);
  });

  it('RT-06 a scope its resource no longer has is not in the next token', () => {
    expect(limit({ resources: [stock], issuance: authorized('openid', 'orders:read') })).toEqual(['openid']);
  });

  it('house: a grant that authorizes more than is registered issues no more', () => {
    const client = aClient({ scopes: ['openid'] });
    expect(
      limit({ client, issuance: authorized('openid', 'orders:place', 'stock:read') }, 'openid orders:place'),
    ).toEqual(['openid']);
  });
});

describe('LimitAudience', () => {
  const limit = (scope: string, asked: string[] = [], known: Known = {}) => {
    const context = aContext(known);
    context.scope = ScopeSet.parse(scope) as ScopeSet;
    context.requestedResources = asked;
    new LimitAudience().run(context);
    return { scope: context.scope.toArray(), audiences: context.resources.map(({ audience }) => audience) };
  };
  const spanning = { client: aClient({ multipleResources: true }) };
  const limitedTo = (...resources: string[]) => ({ issuance: { authorization: anAuthorization({ resources }) } });

  it('house: the scopes name the audience', () => {
    expect(limit('openid orders:read')).toEqual({
      scope: ['openid', 'orders:read'],
      audiences: ['https://orders.example'],
    });
    expect(limit('openid').audiences).toEqual([]);
  });

  it('RFC 8707 §2.2 a resource that was asked for narrows scope and audience', () => {
    expect(limit('openid orders:read stock:read', ['https://stock.example'], spanning)).toEqual({
      scope: ['openid', 'stock:read'],
      audiences: ['https://stock.example'],
    });
  });

  it('X9 scopes of two resources need the flag', () => {
    expect(() => limit('orders:read stock:read')).toThrow(expect.objectContaining({ code: 'invalid_scope' }));
    expect(limit('orders:read stock:read', [], spanning).audiences).toEqual([
      'https://orders.example',
      'https://stock.example',
    ]);
  });

  it('S4 what a service account was given spans resources without the flag', () => {
    const issuance = { authorization: anAuthorization({ subject: aMachine }) };
    expect(limit('orders:read stock:read', [], { issuance }).scope).toEqual(['orders:read', 'stock:read']);
  });

  it.each([
    ['is unknown', 'https://evil.example'],
    ['has a fragment', 'https://orders.example#x'],
    ['has a slash more', 'https://orders.example/'],
    ['has no scope among the granted', 'https://stock.example'],
  ])('X10 CO-12 a resource that %s', (_what, audience) => {
    expect(() => limit('openid orders:read', [audience])).toThrow(expect.objectContaining({ code: 'invalid_target' }));
  });

  it('CVE-2026-67332 RT-05 a resource outside what was authorized', () => {
    const known = { ...spanning, ...limitedTo('https://orders.example') };
    expect(() => limit('orders:read stock:read', ['https://stock.example'], known)).toThrow(
      expect.objectContaining({ code: 'invalid_target' }),
    );
  });

  it('RFC 8707 §2.2 what was authorized for one resource stays with it', () => {
    const known = { ...spanning, ...limitedTo('https://orders.example') };
    expect(limit('openid orders:read stock:read', [], known).scope).toEqual(['openid', 'orders:read']);
  });

  it('RFC 8707 §2.2 what was authorized for a resource that is gone opens no other', () => {
    const known = { ...spanning, ...limitedTo('https://gone.example') };
    expect(limit('openid stock:read', [], known)).toEqual({ scope: ['openid'], audiences: [] });
    expect(() => limit('stock:read', [], known)).toThrow(expect.objectContaining({ code: 'invalid_target' }));
  });
});

describe('CheckSubject', () => {
  const AUTH_TIME = anAuthentication().time;
  const check = async (known: Known, user = aUser()) => {
    const stores = new MemoryStores();
    stores.users.add(user);
    const context = aContext(known);
    const step = new CheckSubject(stores.users, stores.serviceAccounts, stores.sessions);
    return { stores, context, run: () => step.run(context) };
  };

  it('X14 an active user passes', async () => {
    const { context, run } = await check({});
    await run();
    expect(context.user).toMatchObject({ id: 'user-alice' });
  });

  it.each(['locked', 'disabled'] satisfies UserStatus[])('X14 CO-13 RT-06 a user who is %s', async (status) => {
    const { run } = await check({}, aUser({ status }));
    await expect(run()).rejects.toMatchObject({ code: 'invalid_grant', detail: { reason: `subject.${status}` } });
  });

  it('CVE-2026-88770 a user whose password has to be changed first', async () => {
    const { run } = await check({}, aUser({ mustChangePassword: true }));
    await expect(run()).rejects.toMatchObject({
      code: 'invalid_grant',
      detail: { reason: 'subject.password_expired' },
    });
  });

  it('X14 a user who was deleted, or never was, or is another environment’s', async () => {
    for (const user of [aUser({ id: 'bob' }), aUser({ environmentId: 'other' })]) {
      const { run } = await check({}, user);
      await expect(run()).rejects.toMatchObject({ code: 'invalid_grant', detail: { reason: 'subject.unknown' } });
    }
  });

  it.each([
    ['since', 1, true, 'subject.password_changed'],
    ['since, where that ends nothing', 1, false, undefined],
    ['before', -1, true, undefined],
    ['at that moment', 0, true, undefined],
  ])('R9 RT-10 the password was changed %s', async (_when, seconds, passwordChangeEndsRefresh, reason) => {
    const user = aUser({ passwordChangedAt: new Date(AUTH_TIME.getTime() + seconds * 1_000) });
    const { run } = await check({ environment: anEnvironment({ passwordChangeEndsRefresh }) }, user);
    if (reason) await expect(run()).rejects.toMatchObject({ code: 'invalid_grant', detail: { reason } });
    else await expect(run()).resolves.toBeUndefined();
  });

  it('house: a client is its own subject and nobody else’s', async () => {
    const subjectOf = (id: string) => ({ authorization: anAuthorization({ subject: { kind: 'client', id } }) });
    const own = await check({ client: aMachineClient(), issuance: subjectOf('robot') });
    await expect(own.run()).resolves.toBeUndefined();
    const other = await check({ client: aMachineClient(), issuance: subjectOf('shop') });
    await expect(other.run()).rejects.toThrow('issued for another client');
  });

  describe('service accounts', () => {
    async function account(changes: Partial<ServiceAccountSettings>, versions = 0) {
      const stores = new MemoryStores();
      await stores.serviceAccounts.save(aServiceAccount(changes));
      const version = (await stores.serviceAccounts.find('acme', 'night'))?.version ?? 0;
      const authorization = anAuthorization({ subject: aMachine });
      const context = aContext({ issuance: { authorization, serviceAccountVersion: version + versions } });
      return new CheckSubject(stores.users, stores.serviceAccounts, stores.sessions).run(context);
    }

    it('S3 one that is there, switched on, and has the version that was decided about', async () => {
      await expect(account({})).resolves.toBeUndefined();
    });

    it.each([
      ['S3 one that is switched off', { enabled: false }, 0, 'disabled'],
      ['S3 one that was deleted', { id: 'day' }, 0, 'unknown'],
      ['S3 another environment’s', { environmentId: 'other' }, 0, 'unknown'],
      ['S7 one that was rotated meanwhile', {}, -1, 'rotated'],
    ])('%s', async (_what, changes, versions, why) => {
      await expect(account(changes, versions)).rejects.toMatchObject({
        code: 'invalid_grant',
        detail: { reason: `subject.service_account_${why}` },
      });
    });

    it('house: a grant that names no version fails closed', async () => {
      const { run } = await check({ issuance: { authorization: anAuthorization({ subject: aMachine }) } });
      await expect(run()).rejects.toThrow('named no version');
    });
  });

  it('I4 a directory that is away is no verdict', async () => {
    const { run, stores } = await check({});
    stores.users.find = () => Promise.reject(new Error('storage is away'));
    await expect(run()).rejects.toThrow('storage is away');
  });
});

describe('refresh policy', () => {
  const offline = anAuthorization({ scope: ScopeSet.of('openid', 'offline_access') });
  const online = anAuthorization({ scope: ScopeSet.of('openid') });
  const preset = { ...aClient().refresh, withoutOfflineAccess: true };

  it.each([
    ['offline access was allowed', {}, { authorization: offline, refreshToken: true }, true],
    [
      'the preset issues without',
      { client: aClient({ refresh: preset }) },
      { authorization: online, refreshToken: true },
      true,
    ],
    ['offline access was not allowed', {}, { authorization: online, refreshToken: true }, false],
    ['R10 the grant does not want it', {}, { authorization: offline, refreshToken: false }, false],
    ['R10 the grant says nothing', {}, { authorization: offline }, false],
    [
      'the client has no refresh grant',
      { client: aClient({ grantTypes: ['authorization_code'] }) },
      { authorization: offline, refreshToken: true },
      false,
    ],
    [
      'R10 its subject is a machine',
      {},
      { authorization: { ...offline, subject: aMachine }, refreshToken: true },
      false,
    ],
    [
      'the environment has none',
      { environment: anEnvironment({ grantTypes: ['authorization_code'] }) },
      { authorization: offline, refreshToken: true },
      false,
    ],
  ])('R7 RT-10 %s', (_when, known, issuance, may) => {
    expect(mayRefresh(aContext({ ...known, issuance }))).toBe(may);
  });

  it('R6 the client’s limits come before the environment’s', () => {
    const { refreshIdle, refreshAbsolute } = anEnvironment().lifetimes;
    expect(refreshLimits(aContext())).toEqual({ idle: refreshIdle, absolute: refreshAbsolute });
    const client = aClient({ refresh: { ...aClient().refresh, idle: 60, absolute: 600 } });
    expect(refreshLimits(aContext({ client }))).toEqual({ idle: 60, absolute: 600 });
  });
});
