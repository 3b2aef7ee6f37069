import { setTimeout as sleep } from 'node:timers/promises';
import { InProcessBus, type Logger, ServiceBus } from '@grantway/platform';
import { OAuthError, ScopeSet } from '@grantway/protocol';
import { Grant } from '../grant.decorator.js';
import type { GrantHandler, TokenRequest } from '../grant-handler.js';
import type { Issuance } from '../issuance.js';
import { Param } from '../params.js';
import { readAnnouncement, refusalMessage } from './announcement.js';
import { GrantHost } from './grant-host.js';
import { remoteGrant } from './remote-grant.js';
import { GrantSubject } from './subjects.js';

class TicketParams {
  @Param()
  readonly ticket!: string;
}

let answer: (request: TokenRequest<TicketParams>) => Promise<Issuance>;

@Grant({ type: 'urn:example:ticket', params: TicketParams, clients: 'any', slug: 'ticket' })
class TicketGrant implements GrantHandler<TicketParams> {
  handle(request: TokenRequest<TicketParams>): Promise<Issuance> {
    return answer(request);
  }
}

@Grant({ type: 'urn:example:local', params: TicketParams, clients: 'any' })
class LocalGrant extends TicketGrant {}

const OUTAGE = new Error('storage is away');
const GOOD: Issuance = {
  authorization: { subject: { kind: 'user', id: 'user-alice' }, scope: ScopeSet.of('openid'), resources: [] },
};

function house(every?: number) {
  const heard: ReturnType<typeof readAnnouncement>[] = [];
  const logged: [string, object, string][] = [];
  const level = (name: string) => (fields: object, text: string) => logged.push([name, fields, text]);
  const logger = { info: level('info'), warn: level('warn'), error: level('error') } as unknown as Logger;
  const bus = new InProcessBus();
  const service = new ServiceBus({ bus, logger, isInfrastructureError: (error) => error === OUTAGE });
  bus.subscribe(GrantSubject.announced, (message, subject) => heard.push(readAnnouncement(message, subject)));
  const host = new GrantHost(TicketGrant, new TicketGrant(), service, every);
  const ask = (message: object = {}) =>
    bus.request(GrantSubject.decide('ticket'), {
      ...{ requestId: 'request-1', deadline: Date.now() + 1_000, environment: {}, client: {}, resources: [] },
      ...{ params: { ticket: 't' }, requestedResources: [], arrivedAt: 0, ip: '192.0.2.1', ...message },
    });
  return { bus, host, heard, logged, ask };
}

const soon = () => sleep(20);

describe('GrantHost, design section 5', () => {
  const hosts: GrantHost[] = [];
  const start = (every?: number) => {
    const all = house(every);
    all.host.onApplicationBootstrap();
    hosts.push(all.host);
    return all;
  };
  beforeEach(() => {
    answer = async () => GOOD;
  });
  afterEach(() => {
    for (const host of hosts.splice(0)) host.beforeApplicationShutdown();
  });

  it('house: announces at once, and again whenever somebody asks', async () => {
    const { bus, heard } = start();
    await soon();
    expect(heard).toMatchObject([{ state: 'here', manifest: { slug: 'ticket', type: 'urn:example:ticket' } }]);
    bus.publish(GrantSubject.who, {});
    await soon();
    expect(heard).toHaveLength(2);
  });

  it('house: keeps announcing', async () => {
    const { heard } = start(10);
    while (heard.length < 4) await soon();
    expect(new Set(heard.map((each) => ('state' in each ? each.state : each)))).toEqual(new Set(['here']));
  });

  it('house: says goodbye, and then nothing more', async () => {
    const { bus, host, heard } = start();
    host.beforeApplicationShutdown();
    await soon();
    expect(heard.at(-1)).toMatchObject({ state: 'leaving', slug: 'ticket' });
    bus.publish(GrantSubject.who, {});
    await soon();
    expect(heard.at(-1)).toMatchObject({ state: 'leaving' });
  });

  it('house: answers with what the grant decides', async () => {
    const { ask } = start();
    const seen: unknown[] = [];
    answer = async ({ params }) => {
      seen.push(params);
      return GOOD;
    };
    expect(await ask()).toMatchObject({ issuance: { authorization: { scope: 'openid' } } });
    expect(seen).toEqual([{ ticket: 't' }]);
  });

  it('house: a refusal of the grant is an answer', async () => {
    const { ask } = start();
    answer = () => Promise.reject(new OAuthError('slow_down', { retryAfter: 5, cause: new Error('why') }));
    expect(await ask()).toEqual({ error: { code: 'slow_down', retryAfter: 5 } });
    expect(await ask({ params: {} })).toMatchObject({ error: { code: 'invalid_request' } });
  });

  it.each([
    ['a bug', () => Promise.reject(new TypeError('ticket of undefined')), 'fault'],
    ['thrown junk', () => Promise.reject('junk'), 'fault'],
    ['nothing', async () => undefined, 'fault'],
    ['a code that is not its to say', () => Promise.reject(new OAuthError('invalid_client')), 'fault'],
    ['an artifact it did not declare', async () => ({ ...GOOD, spend: { deviceCode: crypto.randomUUID() } }), 'fault'],
    ['a date that is none', async () => ({ ...GOOD, notAfter: new Date(Number.NaN) }), 'fault'],
    ['an outage', () => Promise.reject(OUTAGE), 'unavailable'],
  ])('I4 %s is found here, and logged here', async (_what, wrong, kind) => {
    const { ask, logged } = start();
    answer = wrong as never;
    await expect(ask()).rejects.toMatchObject({ kind });
    expect(logged).toMatchObject([
      [kind === 'fault' ? 'error' : 'warn', { request_id: 'request-1' }, expect.anything()],
    ]);
  });

  it.each([
    ['no params', { params: undefined }],
    ['params that are no texts', { params: { ticket: ['a'] } }],
    ['a client that is a list', { client: [] }],
    ['a scope of a number', { requestedScope: 1 }],
    ['a time before now', { arrivedAt: -1 }],
  ])('IN-01 a question with %s is refused', async (_what, message) => {
    await expect(start().ask(message)).rejects.toMatchObject({ kind: 'refused' });
  });

  it('house: a refusal by the token service is logged, once', async () => {
    const { bus, heard, logged } = start();
    await soon();
    const { instance } = heard[0] as { instance: string };
    for (let times = 0; times < 3; times++) {
      bus.publish(GrantSubject.refused('ticket'), refusalMessage(instance, 'contract'));
      bus.publish(GrantSubject.refused('ticket'), refusalMessage(crypto.randomUUID(), 'type_taken'));
    }
    await soon();
    expect(logged).toEqual([
      [
        'error',
        expect.objectContaining({ slug: 'ticket', reason: 'contract', contract_there: 1 }),
        'the token service refuses this grant: this contract version is not spoken here',
      ],
    ]);
  });

  it('house: a class that cannot be announced stops the start', () => {
    const service = {} as ServiceBus;
    expect(() => new GrantHost(LocalGrant, new LocalGrant(), service)).toThrow('has no slug');
    expect(() => new GrantHost(class {} as never, {} as never, service)).toThrow('has no @Grant');
    expect(remoteGrant(TicketGrant)).toHaveLength(2);
  });
});
