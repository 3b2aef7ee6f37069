import { setTimeout as sleep } from 'node:timers/promises';
import { InProcessBus, type Logger, Metrics, ServiceBus } from '@grantway/platform';
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

@Grant({ type: 'urn:example:local', params: TicketParams, clients: 'any', slug: 'elsewhere' })
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
  const metrics = new Metrics();
  const service = new ServiceBus({ bus, logger, isInfrastructureError: (error) => error === OUTAGE });
  bus.subscribe(GrantSubject.announced, (content, subject) => heard.push(readAnnouncement(content(), subject)));
  const host = new GrantHost(TicketGrant, new TicketGrant(), service, metrics, every);
  const ask = (message: object = {}) =>
    bus.request(GrantSubject.decide('ticket'), {
      ...{ requestId: 'request-1', deadline: Date.now() + 1_000, environment: {}, client: {}, resources: [] },
      ...{ params: { ticket: 't' }, requestedResources: [], arrivedAt: 0, ip: '192.0.2.1', ...message },
    });
  return { bus, host, heard, logged, metrics, ask };
}

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
    await until(() => heard.length > 0);
    expect(heard).toMatchObject([{ state: 'here', manifest: { slug: 'ticket', type: 'urn:example:ticket' } }]);
    bus.publish(GrantSubject.who, {});
    await until(() => heard.length > 1);
    expect(heard).toHaveLength(2);
  });

  it('house: keeps announcing', async () => {
    const { heard } = start(10);
    await until(() => heard.length > 3);
    expect(new Set(heard.map((each) => ('state' in each ? each.state : each)))).toEqual(new Set(['here']));
  });

  it('house: says goodbye, and then nothing more', async () => {
    const { bus, host, heard } = start();
    host.beforeApplicationShutdown();
    await until(() => heard.length > 1);
    expect(heard.at(-1)).toMatchObject({ state: 'leaving', slug: 'ticket' });
    bus.publish(GrantSubject.who, {});
    await awhile();
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

  it('house: what it decides is counted by its outcome', async () => {
    const { ask, metrics } = start();
    answer = async () => GOOD;
    await ask();
    answer = () => Promise.reject(new OAuthError('invalid_grant'));
    await ask();
    answer = () => Promise.reject(new TypeError('a bug'));
    await expect(ask()).rejects.toMatchObject({ kind: 'fault' });
    const { text } = await metrics.page();
    for (const outcome of ['issued', 'invalid_grant', 'fault']) {
      expect(text).toContain(
        `grantway_grant_decision_seconds_count{grant_type="urn:example:ticket",outcome="${outcome}"} 1`,
      );
    }
  });

  it('house: an OAuth error of another copy of the protocol package is one as well', async () => {
    const { ask } = start();
    const foreign = Object.assign(new Error('spent'), {
      name: 'OAuthError',
      code: 'invalid_grant',
      detail: { reason: 'spent' },
    });
    answer = () => Promise.reject(foreign);
    expect(await ask()).toEqual({ error: { code: 'invalid_grant', reason: 'spent' } });
  });

  it('house: a refusal by the token service is logged, once', async () => {
    const { bus, heard, logged } = start();
    await until(() => heard.length > 0);
    const { instance } = heard[0] as { instance: string };
    for (let times = 0; times < 3; times++) {
      bus.publish(GrantSubject.refused('ticket'), refusalMessage(instance, 'contract'));
      bus.publish(GrantSubject.refused('ticket'), refusalMessage(crypto.randomUUID(), 'type_foreign'));
    }
    await until(() => logged.length > 0);
    await awhile();
    expect(logged).toEqual([
      [
        'error',
        expect.objectContaining({ slug: 'ticket', reason: 'contract', contract_there: [1] }),
        'the token service refuses this grant: this contract version is not spoken here',
      ],
    ]);
  });

  it('house: a class that cannot be announced stops the start', () => {
    const service = {} as ServiceBus;
    expect(() => new GrantHost(LocalGrant, new LocalGrant(), service, new Metrics())).toThrow(
      'the slug of the grant type urn:example:local must be local',
    );
    expect(() => new GrantHost(class {} as never, {} as never, service, new Metrics())).toThrow('has no @Grant');
    expect(remoteGrant(TicketGrant)).toHaveLength(2);
  });
});
