import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, type NatsServer, startNats } from '@grantway/local-services';
import { createLogger, NatsBus } from '@grantway/platform';
import { ScopeSet } from '@grantway/protocol';
import { readAnnouncement } from '../contract.js';
import { Grant } from '../grant.decorator.js';
import type { GrantHandler, TokenRequest } from '../grant-handler.js';
import type { Issuance } from '../issuance.js';
import { Param } from '../params.js';
import { GrantSubject } from '../remote/subjects.js';
import { type GrantServiceOptions, startGrant } from './serve-grant.js';

class TicketParams {
  @Param()
  readonly ticket!: string;
}

abstract class Tickets {
  abstract holderOf(ticket: string): string;
}

const OPTIONS = { type: 'urn:example:ticket', params: TicketParams, clients: 'any' } as const;

@Grant(OPTIONS)
class TicketGrant implements GrantHandler<TicketParams> {
  constructor(private readonly tickets: Tickets) {}

  async handle({ params }: TokenRequest<TicketParams>): Promise<Issuance> {
    const subject = { kind: 'user', id: this.tickets.holderOf(params.ticket) } as const;
    return { authorization: { subject, scope: ScopeSet.of('openid'), resources: [] } };
  }
}

const providers = [{ provide: Tickets, useValue: { holderOf: (ticket: string) => `holder-of-${ticket}` } }];

async function until(holds: () => boolean | Promise<boolean>, patience = 15_000): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not come true');
    await sleep(20);
  }
}

describe('startGrant, design section 5', () => {
  const before = { ...process.env };
  let nats: NatsServer;
  let token: NatsBus;
  let health: string;
  const heard: ReturnType<typeof readAnnouncement>[] = [];
  const open: { stop(): Promise<void> }[] = [];

  beforeAll(async () => {
    nats = await startNats();
    token = NatsBus.open(nats.url, 'token', createLogger('token', 'silent'));
    token.subscribe(GrantSubject.announced, (content, subject) => heard.push(readAnnouncement(content(), subject)));
    await until(() => token.connected);
  });
  beforeEach(async () => {
    heard.length = 0;
    const port = await freePort();
    health = `http://127.0.0.1:${port}`;
    for (const name of ['NATS_NKEY_SEED', 'NATS_NKEY_FILE']) delete process.env[name];
    Object.assign(process.env, { NATS_URL: nats.url, HEALTH_PORT: String(port), LOG_LEVEL: 'silent' });
  });
  afterEach(async () => {
    for (const service of open.splice(0)) await service.stop();
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  });
  afterAll(async () => {
    await token?.close();
    await nats?.stop();
  });

  const start = async (options: GrantServiceOptions = { providers }) => {
    const service = await startGrant(TicketGrant, options);
    open.push(service);
    return service;
  };
  const ready = async () => (await fetch(`${health}/readyz`)).status === 200;
  /** The goodbye of the test before may still be on its way. */
  const said = (state: 'here' | 'leaving', instance?: string) =>
    heard.flatMap((each) =>
      'state' in each && each.state === state && [undefined, each.instance].includes(instance) ? [each] : [],
    );
  const ask = (ticket: string) =>
    token.request(GrantSubject.decide('ticket'), {
      ...{ requestId: 'request-1', deadline: Date.now() + 5_000, environment: {}, client: {}, resources: [] },
      ...{ params: { ticket }, requestedResources: [], arrivedAt: 0, ip: '192.0.2.1' },
    });

  it('house: is ready, announced under the slug its type makes, decides, and counts what it decided', async () => {
    await start();
    await until(ready);
    await until(() => said('here').length > 0);
    expect(said('here')[0]).toMatchObject({ manifest: { slug: 'ticket', type: 'urn:example:ticket' } });
    expect(await ask('7')).toMatchObject({ issuance: { authorization: { subject: { id: 'holder-of-7' } } } });
    const metrics = await (await fetch(`${health}/metrics`)).text();
    expect(metrics).toContain(
      'grantway_grant_decision_seconds_count{grant_type="urn:example:ticket",outcome="issued"} 1',
    );
  });

  it('I9 told to stop it says goodbye, and is gone from the bus and from its port', async () => {
    const service = await start();
    await until(() => said('here').length > 0);
    const [{ instance } = { instance: '' }] = said('here');
    await service.stop();
    await until(() => said('leaving', instance).length > 0);
    expect(heard.at(-1)).toMatchObject({ state: 'leaving', slug: 'ticket', instance });
    await expect(ask('7')).rejects.toMatchObject({ kind: 'no_responders' });
    await expect(ready()).rejects.toThrow('fetch failed');
    open.length = 0;
  });

  it('I2 starts though the bus is away, and says so on /readyz', async () => {
    process.env['NATS_URL'] = `nats://127.0.0.1:${await freePort()}`;
    await start();
    const reply = await fetch(`${health}/readyz`);
    expect([reply.status, await reply.json()]).toEqual([503, { status: 'not ready', missing: ['bus'] }]);
  });

  it('house: is not ready while a check of its own fails', async () => {
    let isAway = true;
    const check = async () => {
      if (isAway) throw new Error('away');
    };
    await start({ providers, checks: [{ name: 'tickets', check }] });
    await until(async () => (await (await fetch(`${health}/readyz`)).text()).includes('["tickets"]'));
    isAway = false;
    await until(ready);
  });

  describe('does not start, and says why in one line', () => {
    class Plain {
      handle = () => Promise.reject(new Error('never'));
    }
    const declared = (changes: object): (new () => Plain) => {
      class Declared extends Plain {}
      return Grant({ ...OPTIONS, ...changes })(Declared);
    };

    it.each([
      ['a class without @Grant', Plain, 'Plain has no @Grant'],
      [
        'a type that makes no slug',
        declared({ type: 'urn:example:***' }),
        'the last segment of the grant type urn:example:*** makes no slug',
      ],
      [
        'the slug of another type',
        declared({ slug: 'step-up' }),
        'the slug of the grant type urn:example:ticket must be ticket',
      ],
      [
        'a type of the token service’s',
        declared({ type: 'refresh_token' }),
        'the grant refresh_token runs in the token service alone',
      ],
    ])('house: %s', async (_what, type, message) => {
      await expect(startGrant(type as never)).rejects.toThrow(message);
    });

    it('house: no NATS_URL', async () => {
      delete process.env['NATS_URL'];
      const starting = startGrant(TicketGrant, { providers });
      await expect(starting).rejects.toMatchObject({
        name: 'ConfigError',
        message: 'Configuration: NATS_URL is not set',
      });
    });

    it('house: a variable that is malformed, by its name and without its value', async () => {
      process.env['HEALTH_PORT'] = 'eighty';
      const error = await startGrant(TicketGrant, { providers }).catch((error: Error) => error);
      expect(error).toMatchObject({ name: 'ConfigError', message: expect.stringContaining('HEALTH_PORT') });
      expect(String(error)).not.toContain('eighty');
    });
  });
});
