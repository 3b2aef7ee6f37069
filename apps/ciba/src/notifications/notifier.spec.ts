import type { BackchannelPushAnswer } from '@grantway/contracts';
import {
  type BackchannelDelivery,
  type Client,
  Outbound,
  type OutboundReply,
  type OutboundRequest,
  OutboundTrouble,
  SecretBox,
} from '@grantway/domain';
import { JobGivenUp, type JobHandler } from '@grantway/persistence';
import { type Bus, BusTrouble, createLogger, EventLog } from '@grantway/platform';
import { GrantType } from '@grantway/protocol';
import { aClient, aNewBackchannelRequest, anAuthorization, anEnvironment, MemoryStores } from '@grantway/testing';
import { Notifier } from './notifier.js';
import { Payloads } from './payloads.js';

const TOKEN = 'a-notification-token-of-the-client';
const box = new SecretBox(Buffer.alloc(32, 3));
const grantTypes = [GrantType.Ciba];

class FakeOutbound extends Outbound {
  readonly calls: OutboundRequest[] = [];
  answer: () => OutboundReply = () => status(204);

  async call(request: OutboundRequest): Promise<OutboundReply> {
    this.calls.push(request);
    return this.answer();
  }
}
const status = (code: number): OutboundReply => ({ status: code, headers: {}, body: 'ignored' });

/** A notifier over memory stores, a till that is told, and a request of its. */
async function house(delivery: BackchannelDelivery = 'ping', client: Partial<Client> = {}) {
  const stores = new MemoryStores();
  stores.environments.add(anEnvironment({ grantTypes }));
  const backchannel = {
    delivery,
    notificationEndpoint: 'https://till.example/n',
    userCode: false,
    signedRequests: false,
  };
  const add = (changes: Partial<Client>) =>
    stores.clients.add(aClient({ id: 'till', grantTypes, backchannel, ...changes }));
  add(client);
  const outbound = new FakeOutbound();
  const bus = { asked: [] as unknown[], answer: (): BackchannelPushAnswer => ({ kind: 'done' }) };
  const request = async (_subject: string, message: unknown) => {
    bus.asked.push(message);
    return bus.answer();
  };
  const registered: JobHandler<never>[] = [];
  const jobs = { register: (handler: JobHandler<never>) => void registered.push(handler) };
  const notifier = new Notifier(
    stores.backchannel,
    stores.environments,
    stores.clients,
    new Payloads({ request } as unknown as Bus),
    outbound,
    box,
    new EventLog(createLogger('test', 'silent')),
    jobs as never,
  );
  const seal = (text: string) => box.seal(text, 'acme/till').toString('base64url');
  const started = await stores.backchannel.start(
    aNewBackchannelRequest({ delivery, seal, sealedNotificationToken: seal(TOKEN) }),
    { perUser: 9, perClient: 9 },
  );
  if (!('authReqId' in started)) throw new Error('not started');
  const job = { environmentId: 'acme', id: started.id };
  const decide = (approved = true) =>
    stores.backchannel.decide('acme', job.id, 'user-alice', approved ? anAuthorization() : undefined);
  const { results } = stores.backchannel;
  return { stores, outbound, bus, notifier, registered, job, authReqId: started.authReqId, decide, results, add };
}

describe('notifications, CIBA Core', () => {
  it('house: the notifier does the jobs that decisions enqueue', async () => {
    const { notifier, registered } = await house();
    expect(registered).toEqual([notifier]);
    expect(notifier.task).toBe('backchannel-notification');
  });

  it.each([true, false])('§10.2 B11 a ping says the id and nothing else (approved: %s)', async (approved) => {
    const { notifier, job, authReqId, decide, outbound, results } = await house();
    await decide(approved);
    await notifier.run(job);
    expect(outbound.calls).toEqual([
      {
        ...{ url: 'https://till.example/n', method: 'POST', privateAddresses: false, ignoreBody: true },
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ auth_req_id: authReqId }),
      },
    ]);
    expect(results).toEqual([{ delivered: true }]);
  });

  it('I7 what was delivered is not delivered again, and what nobody decided is not told', async () => {
    const { notifier, job, decide, outbound } = await house();
    await notifier.run(job);
    expect(outbound.calls).toEqual([]);
    await decide();
    await notifier.run(job);
    await notifier.run(job);
    expect(outbound.calls).toHaveLength(1);
  });

  it.each([200, 204, 299])('CB-06 %d is taken', async (code) => {
    const { notifier, job, decide, outbound, results } = await house();
    await decide();
    outbound.answer = () => status(code);
    await notifier.run(job);
    expect(results).toEqual([{ delivered: true }]);
  });

  it.each([301, 302, 307, 400, 401, 403, 404, 410])('CB-06 %d is final', async (code) => {
    const { notifier, job, decide, outbound, results } = await house();
    await decide();
    outbound.answer = () => status(code);
    const error = await notifier.run(job).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(JobGivenUp);
    await notifier.giveUp(job, error);
    expect(results).toEqual([{ delivered: false, trouble: `it answered ${code}`, givenUp: true }]);
  });

  it.each([408, 425, 429, 500, 502, 503])('CB-06 %d is tried again, and visible meanwhile', async (code) => {
    const { notifier, job, decide, outbound, results } = await house();
    await decide();
    outbound.answer = () => status(code);
    const error = await notifier.run(job).catch((caught: unknown) => caught);
    expect(error).not.toBeInstanceOf(JobGivenUp);
    expect(results).toEqual([{ delivered: false, trouble: `it answered ${code}`, givenUp: false }]);
  });

  it('DR-05 an address that may not be called is final; one that does not answer is not', async () => {
    for (const kind of ['refused', 'failed'] as const) {
      const { notifier, job, decide, outbound } = await house();
      await decide();
      outbound.answer = () => {
        throw new OutboundTrouble(kind, 'why');
      };
      const error = await notifier.run(job).catch((caught: unknown) => caught);
      expect(error instanceof JobGivenUp).toBe(kind === 'refused');
    }
  });

  it.each([
    ['is disabled', { enabled: false }],
    ['lost the grant', { grantTypes: [] }],
    ['has no endpoint', { backchannel: { delivery: 'ping', userCode: false, signedRequests: false } }],
  ] as const)('X14 a client that %s is not told any more', async (_what, changes) => {
    const { notifier, job, decide, outbound, add } = await house();
    await decide();
    add(changes as Partial<Client>);
    await expect(notifier.run(job)).rejects.toBeInstanceOf(JobGivenUp);
    expect(outbound.calls).toEqual([]);
  });

  it('HT-06 what is recorded of trouble of ours says nothing but its kind', async () => {
    const { notifier, job, decide, outbound, results } = await house();
    await decide();
    outbound.answer = () => {
      throw new TypeError(`cannot read ${TOKEN}`);
    };
    await expect(notifier.run(job)).rejects.toThrow();
    expect(results).toEqual([{ delivered: false, trouble: 'trouble of ours (TypeError)', givenUp: false }]);
  });

  describe('push', () => {
    const bodyOf = ({ calls }: FakeOutbound) => JSON.parse(calls[0]?.body ?? '{}');

    it('§10.3.1 approved: what the token service minted, with the id', async () => {
      const { notifier, job, authReqId, decide, outbound, bus } = await house('push');
      bus.answer = () => ({ kind: 'tokens', tokens: { access_token: 'a', id_token: 'i' } });
      await decide();
      await notifier.run(job);
      expect(bus.asked).toEqual([expect.objectContaining({ environmentId: 'acme', authReqId })]);
      expect(bodyOf(outbound)).toEqual({ auth_req_id: authReqId, access_token: 'a', id_token: 'i' });
    });

    it.each([
      ['denied', 'access_denied'],
      ['expired', 'expired_token'],
    ])('§12 %s: %s, and the token service is not asked', async (how, error) => {
      const { notifier, job, authReqId, decide, outbound, bus, stores } = await house('push');
      if (how === 'denied') await decide(false);
      else stores.clock.elapse(301);
      await notifier.run(job);
      expect(bodyOf(outbound)).toMatchObject({ auth_req_id: authReqId, error });
      expect(bus.asked).toEqual([]);
    });

    it.each(['access_denied', 'transaction_failed'] as const)('§12 refused since: %s', async (error) => {
      const { notifier, job, decide, outbound, bus } = await house('push');
      bus.answer = () => ({ kind: 'refused', error });
      await decide();
      await notifier.run(job);
      expect(bodyOf(outbound)).toMatchObject({ error });
    });

    it('ADR 0003 pushed before and used since: nothing is sent', async () => {
      const { notifier, job, decide, outbound, results } = await house('push');
      await decide();
      await notifier.run(job);
      expect(outbound.calls).toEqual([]);
      expect(results).toEqual([{ delivered: true }]);
    });

    it('I4 the token service is away: tried again', async () => {
      const { notifier, job, decide, bus } = await house('push');
      bus.answer = () => {
        throw new BusTrouble('no_responders', 'token.v1.push');
      };
      await decide();
      await expect(notifier.run(job)).rejects.toBeInstanceOf(BusTrouble);
    });
  });
});
