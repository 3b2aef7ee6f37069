import { setTimeout as sleep } from 'node:timers/promises';
import { ResourceCatalog } from '@grantway/domain';
import { Grant, type GrantHandler, type Issuance, Param, type TokenRequest } from '@grantway/grant-sdk';
import {
  announcementMessage,
  CONTRACTS,
  type ContractVersion,
  encodeRequest,
  GrantHost,
  GrantSubject,
  type Manifest,
  readManifest,
  readRefusal,
} from '@grantway/grant-sdk/contract';
import { InProcessBus, type Logger, Metrics, ServiceBus } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { aClient, anAuthorization, anEnvironment, aResource } from '@grantway/testing';
import { Allow } from 'class-validator';
import { TokenConfig } from '../../token.config.js';
import { RemoteGrant } from './remote-grant.js';
import { RemoteGrants } from './remote-grants.js';

const TICKET = 'urn:example:ticket';

class TicketParams {
  @Param({ max: 8 })
  readonly ticket!: string;
}

let answer: (request: TokenRequest<TicketParams>) => Promise<unknown>;

@Grant({ type: TICKET, params: TicketParams, clients: 'confidential', slug: 'ticket' })
class TicketGrant implements GrantHandler<TicketParams> {
  handle(request: TokenRequest<TicketParams>): Promise<Issuance> {
    return answer(request) as Promise<Issuance>;
  }
}

const OUTAGE = new Error('storage is away');
const INSTANCE = '0a1b2c3d-0000-4000-8000-000000000001';
/** For what travels over the bus. */
async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`it did not come true: ${holds}`);
    await sleep(5);
  }
}
/** Long enough for what must not happen. */
const awhile = () => sleep(50);
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A token service and one bus; `serve` starts a grant service beside it. */
function house(config: Partial<TokenConfig> = {}, contracts = CONTRACTS) {
  const logged: [string, object, string][] = [];
  const level = (name: string) => (fields: object, text: string) => logged.push([name, fields, text]);
  const logger = { info: level('info'), warn: level('warn'), error: level('error') } as unknown as Logger;
  const bus = new InProcessBus();
  const service = new ServiceBus({ bus, logger, isInfrastructureError: (error) => error === OUTAGE });
  const metrics = new Metrics();
  const grants = new RemoteGrants(service, Object.assign(new TokenConfig(), config), metrics, contracts);
  cleanups.push(() => grants.beforeApplicationShutdown());
  const serve = () => {
    const host = new GrantHost(TicketGrant, new TicketGrant(), service, new Metrics());
    host.onApplicationBootstrap();
    cleanups.push(() => host.beforeApplicationShutdown());
    return host;
  };
  return { bus, service, grants, logged, serve, metrics };
}

const ask = (grant: unknown, within = 2_000) => {
  const client = aClient();
  const request = {
    ...{ client, environment: anEnvironment(), catalog: new ResourceCatalog([aResource()]), params: { ticket: 't' } },
    ...{ requestedResources: [], arrivedAt: 0, ip: '192.0.2.1' },
  };
  return (grant as RemoteGrant).handle(request, { requestId: 'request-1', deadline: Date.now() + within });
};

describe('RemoteGrants, design section 5', () => {
  it.each(['before', 'after'])('house: who serves is known at once, started %s us', async (when) => {
    const { grants, serve } = house();
    if (when === 'before') serve();
    grants.onApplicationBootstrap();
    if (when === 'after') serve();
    await until(() => grants.manifests.length > 0);
    expect(grants.find(TICKET)).toBeInstanceOf(RemoteGrant);
    expect(grants.manifests).toMatchObject([{ slug: 'ticket', type: TICKET }]);
  });

  it('house: an operator sees how many processes serve it', async () => {
    const { grants, serve, metrics } = house();
    grants.onApplicationBootstrap();
    const leases = async () => (await metrics.page()).text.match(/^grantway_grant_leases\{.*$/gm);
    expect(await leases()).toBeNull();
    const hosts = [serve(), serve()];
    await until(() => grants.manifests.length > 0);
    expect(await leases()).toEqual(['grantway_grant_leases{slug="ticket"} 2']);
    for (const host of hosts) host.beforeApplicationShutdown();
    await until(() => grants.manifests.length === 0);
    expect(await leases()).toBeNull();
  });

  it('house: asks who is there whenever the bus is back', async () => {
    const { bus, grants, serve } = house();
    let connect = () => {};
    bus.onConnect = (then) => {
      connect = then;
    };
    grants.onApplicationBootstrap();
    const asks = connect;
    serve();
    await awhile();
    expect(grants.manifests).toEqual([]);
    asks();
    await until(() => grants.manifests.length > 0);
    expect(grants.manifests).toMatchObject([{ slug: 'ticket' }]);
  });

  it('house: coming and going is logged', async () => {
    const { grants, serve, logged } = house();
    grants.onApplicationBootstrap();
    const host = serve();
    await until(() => grants.manifests.length > 0);
    host.beforeApplicationShutdown();
    await until(() => grants.manifests.length === 0);
    expect(grants.find(TICKET)).toBe('away');
    expect(logged.map(([, , text]) => text)).toEqual(['grant service arrived', 'grant service left']);
  });

  it('house: one that floods us with announcements is not heard for a second, and told of once', async () => {
    const { bus, grants, logged } = house();
    grants.onApplicationBootstrap();
    const flood = announcementMessage(INSTANCE, 'here', manifest);
    for (let said = 0; said < 2_000; said++) bus.publish(GrantSubject.announce('ticket'), flood);
    let all = false;
    bus.subscribe('flood.over', () => {
      all = true;
    });
    bus.publish('flood.over', {});
    await until(() => all);
    expect(logged.map(([, , text]) => text).filter((text) => text.includes('too much')).length).toBeLessThanOrEqual(2);
    expect(logged.map(([, , text]) => text)).toContain('grant service says too much: not heard for a second');
    expect(grants.find(TICKET)).toBeInstanceOf(RemoteGrant);
  });

  it('house: two versions of the contract serve one grant side by side; the newest process says which is asked', async () => {
    const next: ContractVersion = {
      readManifest: (value) => ({ ...readManifest({ ...(value as object), contract: 1 }), contract: 2 }),
      encodeRequest: (request, frame) => ({ ...encodeRequest(request, frame), version: 'two' }) as never,
      readReply: (_manifest, reply) => (reply as { two: Issuance }).two,
    };
    const { bus, service, grants, serve } = house({}, new Map([...CONTRACTS, [2, next]]));
    grants.onApplicationBootstrap();
    answer = async () => ({ authorization: anAuthorization(), nonce: 'one' });
    serve();
    await until(() => grants.manifests.length > 0);
    expect(await ask(grants.find(TICKET))).toMatchObject({ nonce: 'one' });

    const questions: object[] = [];
    class AnyMessage {
      @Allow() requestId!: string;
      @Allow() deadline!: number;
    }
    service.serve(GrantSubject.decide('ticket', 2), 'grant-ticket', AnyMessage, async (message) => {
      questions.push(message);
      return { two: { nonce: 'two' } };
    });
    const hello = { contract: 2, instance: INSTANCE, state: 'here', manifest: { ...manifest, contract: 2 } };
    bus.publish(GrantSubject.announce('ticket'), hello);
    await until(() => grants.manifests[0]?.contract === 2);
    expect(await ask(grants.find(TICKET))).toEqual({ nonce: 'two' });
    expect(questions).toMatchObject([{ version: 'two', params: { ticket: 't' } }]);

    bus.publish(GrantSubject.announce('ticket'), { ...hello, state: 'leaving' });
    await until(() => grants.manifests[0]?.contract === 1);
    expect(await ask(grants.find(TICKET))).toMatchObject({ nonce: 'one' });
  });

  it('house: as many questions as may be are unanswered: the next is told to come again, at once', async () => {
    const { grants, serve } = house({ grantInFlight: 2, grantTimeoutMs: 300 });
    grants.onApplicationBootstrap();
    answer = () => new Promise(() => {});
    serve();
    await until(() => grants.manifests.length > 0);
    const held = [ask(grants.find(TICKET)), ask(grants.find(TICKET))];
    await expect(ask(grants.find(TICKET))).rejects.toMatchObject({ detail: { reason: 'grant.busy', retryAfter: 1 } });
    for (const each of await Promise.allSettled(held)) {
      expect(each).toMatchObject({ status: 'rejected', reason: { detail: { reason: 'grant.silent' } } });
    }
    answer = async () => ({ authorization: anAuthorization() });
    expect(await ask(grants.find(TICKET))).toBeDefined();
  });

  const manifest: Manifest = readManifest({ contract: 1, slug: 'ticket', type: TICKET, clients: 'any', params: [] });
  it.each([
    ['contract', 'ticket', { contract: 2, instance: INSTANCE, manifest: { new: 'shape' } }],
    ['malformed', 'ticket', { contract: 1, instance: INSTANCE, state: 'here', manifest: { slug: 'ticket' } }],
    ['malformed', 'another', announcementMessage(INSTANCE, 'here', manifest)],
    ['type_reserved', 'ticket', announcementMessage(INSTANCE, 'here', { ...manifest, type: 'refresh_token' })],
  ])('house: refused for %s, both sides are told, and our log once', async (refused, slug, message) => {
    const { bus, grants, logged } = house();
    const told: unknown[] = [];
    bus.subscribe(GrantSubject.refused(slug), (refusal) => told.push(readRefusal(refusal(), INSTANCE)?.refused));
    grants.onApplicationBootstrap();
    for (let times = 0; times < 3; times++) bus.publish(GrantSubject.announce(slug), message);
    await until(() => told.length > 2);
    await awhile();
    expect(told).toEqual([refused, refused, refused]);
    expect(logged).toMatchObject([
      ['warn', { instance: INSTANCE, reason: refused }, expect.stringMatching(/^grant refused: /)],
    ]);
    expect(grants.manifests).toEqual([]);
  });

  it.each([undefined, 'junk', [], null, 7])('house: junk (%s) under an announcement changes nothing', async (junk) => {
    const { bus, grants, serve, logged } = house();
    grants.onApplicationBootstrap();
    serve();
    bus.publish(GrantSubject.announce('ticket'), (junk ?? null) as object);
    await until(() => grants.manifests.length > 0);
    await awhile();
    expect(grants.manifests).toHaveLength(1);
    expect(logged.filter(([name]) => name === 'error')).toEqual([]);
  });
});

describe('RemoteGrant, design section 5', () => {
  const served = async (config: Partial<TokenConfig> = {}) => {
    const all = house(config);
    all.grants.onApplicationBootstrap();
    const host = all.serve();
    await until(() => all.grants.manifests.length > 0);
    all.logged.length = 0;
    return { ...all, host, grant: all.grants.find(TICKET) as RemoteGrant };
  };
  beforeEach(() => {
    answer = async () => ({ authorization: anAuthorization() });
  });

  it('house: what the grant decides arrives as if it were here', async () => {
    const { grant } = await served();
    expect(await ask(grant)).toEqual({ authorization: anAuthorization() });
    expect(grant.options).toMatchObject({ type: TICKET, clients: 'confidential' });
  });

  it('RFC 6749 §5.2 its parameters are checked before it is asked, and it gets no others', async () => {
    const { grant } = await served();
    const form = (fields: object) => new Map(Object.entries(fields));
    expect(grant.params(form({ ticket: 't', code: 'c', client_secret: 's' }))).toEqual({ ticket: 't' });
    expect(() => grant.params(form({}))).toThrow(
      expect.objectContaining({ code: 'invalid_request', detail: { description: 'ticket is missing' } }),
    );
    expect(() => grant.params(form({ ticket: 'a'.repeat(9) }))).toThrow(
      expect.objectContaining({ code: 'invalid_request', detail: { description: 'ticket is too long' } }),
    );
  });

  it('house: what it tells the client is told', async () => {
    const { grant, logged } = await served();
    answer = () => Promise.reject(new OAuthError('slow_down', { retryAfter: 5 }));
    await expect(ask(grant)).rejects.toMatchObject({ code: 'slow_down', detail: { retryAfter: 5 } });
    expect(logged).toEqual([]);
  });

  it.each([
    ['throws a bug', () => Promise.reject(new TypeError('x of undefined'))],
    ['throws junk', () => Promise.reject('junk')],
    ['answers nothing', async () => undefined],
    ['answers junk', async () => ({ authorization: 'root' })],
    ['says what is not its to say', () => Promise.reject(new OAuthError('invalid_client'))],
    [
      'spends what it did not declare',
      async () => ({ authorization: anAuthorization(), spend: { deviceCode: INSTANCE } }),
    ],
  ])('I4 a grant that %s: come again, and an error in our log', async (_what, wrong) => {
    const { grant, logged } = await served();
    answer = wrong;
    await expect(ask(grant)).rejects.toMatchObject({
      code: 'temporarily_unavailable',
      detail: { reason: 'grant.fault', retryAfter: 1 },
    });
    expect(logged).toContainEqual([
      'error',
      expect.objectContaining({ slug: 'ticket', grant_type: TICKET, request_id: 'request-1' }),
      'grant service answered with what nobody may use',
    ]);
  });

  it.each([
    ['a token', { reply: { access_token: 'x' } }],
    ['an issuance of another shape', { reply: { issuance: { authorization: { subject: 'root' } } } }],
    [
      'a foreign artifact',
      {
        reply: {
          issuance: {
            authorization: { subject: { kind: 'user', id: 'a' }, scope: 'a', resources: [] },
            spend: { authorizationCode: INSTANCE },
          },
        },
      },
    ],
    ['an unknown code', { reply: { error: { code: 'made_up' } } }],
    ['1 MB', { reply: { error: { code: 'access_denied', description: 'x'.repeat(1_000_000) } } }],
    ['no reply', {}],
    ['null', null],
  ])('house: a service that knows nothing of our rules and answers %s', async (_what, reply) => {
    const { bus, grant, logged } = await served();
    bus.serve(GrantSubject.decide('ticket'), 'grant-ticket', async () => reply as never);
    await expect(ask(grant)).rejects.toMatchObject({
      code: 'temporarily_unavailable',
      detail: { reason: 'grant.fault' },
    });
    expect(logged).toMatchObject([['error', { slug: 'ticket' }, expect.anything()]]);
  });

  it('I4 an outage behind the grant is an outage', async () => {
    const { grant, logged } = await served();
    answer = () => Promise.reject(OUTAGE);
    await expect(ask(grant)).rejects.toMatchObject({
      code: 'temporarily_unavailable',
      detail: { reason: 'grant.silent', retryAfter: 1 },
    });
    expect(logged.filter(([name]) => name === 'error')).toEqual([]);
  });

  it.each([
    ['inside the deadline of the request', 5_000, 400],
    ['inside its own limit', 150, 5_000],
  ])('I6 a grant that hangs is given up %s', async (_what, grantTimeoutMs, within) => {
    const { grant } = await served({ grantTimeoutMs });
    answer = () => new Promise(() => {});
    const deadline = Date.now() + within;
    await expect(ask(grant, within)).rejects.toMatchObject({
      code: 'temporarily_unavailable',
      detail: { retryAfter: 1 },
    });
    expect(Date.now()).toBeLessThan(deadline);
  });

  it('I6 nobody is asked what nobody waits for', async () => {
    const { grant } = await served();
    let asked = 0;
    answer = async () => {
      asked++;
      return { authorization: anAuthorization() };
    };
    await expect(ask(grant, 100)).rejects.toMatchObject({ code: 'temporarily_unavailable' });
    expect(asked).toBe(0);
    await ask(grant);
    expect(asked).toBe(1);
  });

  it('I4 a grant whose last process just died: come again, at once', async () => {
    const { bus, grant } = await served();
    await bus.drain();
    await expect(ask(grant)).rejects.toMatchObject({ code: 'temporarily_unavailable', detail: { retryAfter: 1 } });
  });
});
