import { setTimeout as sleep } from 'node:timers/promises';
import { type NatsServer, startNats } from '@grantway/local-services';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { createLogger } from '../logging/logger.js';
import { NatsBus } from './nats.js';

const SUBJECT = 'pot.v1.boil';

describe('asking on a real nats-server', () => {
  let nats: NatsServer;
  let bus: NatsBus;
  /** Somebody who answers by no rule of ours. */
  let stranger: NatsConnection;

  beforeAll(async () => {
    nats = await startNats();
  });
  beforeEach(async () => {
    bus = NatsBus.open(nats.url, 'asker', createLogger('asker', 'silent'));
    stranger = await connect({ servers: nats.url });
    while (!bus.connected) await sleep(10);
  });
  afterEach(async () => {
    await bus.close();
    await stranger.close();
  });
  afterAll(() => nats.stop());

  const ask = (within = 2_000, fields: object = {}) =>
    bus.request(SUBJECT, { requestId: 'request-1', deadline: Date.now() + within, ...fields });

  const answering = async (answer: (question: { n: number }, respond: (reply: unknown) => void) => void) => {
    stranger.subscribe(SUBJECT, {
      callback: (_error, message) => answer(message.json(), (reply) => void message.respond(JSON.stringify({ reply }))),
    });
    await stranger.flush();
  };

  it('house: of many who ask at once, each hears the answer to its own question, in whatever order they come', async () => {
    await answering(({ n }, respond) => void setTimeout(() => respond(n), (n * 7) % 50));
    const asked = Array.from({ length: 300 }, (_, n) => n);
    expect(await Promise.all(asked.map((n) => ask(2_000, { n })))).toEqual(asked);
  });

  it('I6 an answer that comes late, or twice, is nobody else’s', async () => {
    await answering(({ n }, respond) => {
      if (n === 1) setTimeout(() => respond('too late'), 150);
      else for (const reply of ['once', 'twice']) respond(reply);
    });
    await expect(ask(50, { n: 1 })).rejects.toMatchObject({ kind: 'timeout' });
    expect(await ask(2_000, { n: 2 })).toBe('once');
    await sleep(150);
    expect(await ask(2_000, { n: 3 })).toBe('once');
  });

  it('I6 deadlines are kept one by one, whichever was asked first', async () => {
    await answering(() => {});
    const begun = Date.now();
    const late = await Promise.all(
      [300, 100, 200].map((within) => ask(within).catch((error) => [error.kind, Date.now() - begun])),
    );
    for (const [at, within] of [300, 100, 200].entries()) {
      const [kind, after] = late[at] as [string, number];
      expect(kind).toBe('timeout');
      expect(after).toBeGreaterThanOrEqual(within - 5);
      expect(after).toBeLessThan(within + 400);
    }
  });

  it('house: what is too large to be sent fails at once, and alone', async () => {
    await answering((_question, respond) => respond('hot'));
    const [large, small] = await Promise.allSettled([ask(60_000, { filler: 'a'.repeat(9_000_000) }), ask()]);
    expect(large).toMatchObject({ reason: { kind: 'disconnected' } });
    expect(small).toEqual({ status: 'fulfilled', value: 'hot' });
  });

  it('I9 whoever still waits when the bus is closed is told at once', async () => {
    await answering(() => {});
    const asked = ask(60_000);
    const told = expect(asked).rejects.toMatchObject({ kind: 'disconnected' });
    await sleep(50);
    await bus.close();
    await told;
    await expect(ask()).rejects.toMatchObject({ kind: 'disconnected' });
  });

  it('I9 an answer given just before the bus is closed still arrives', async () => {
    const service = NatsBus.open(nats.url, 'pot', createLogger('pot', 'silent'));
    service.serve(SUBJECT, 'pot', async () => {
      void service.drain().then(() => service.close());
      return { reply: 'the last' };
    });
    while (!service.connected) await sleep(10);
    await sleep(50);
    expect(await ask()).toBe('the last');
  });

  it('IN-01 where an answer is awaited cannot be guessed from where another was', async () => {
    const inboxes: string[] = [];
    stranger.subscribe(SUBJECT, {
      callback: (_error, message) => {
        inboxes.push(message.reply ?? '');
        message.respond('{"reply":"hot"}');
      },
    });
    await stranger.flush();
    for (let times = 0; times < 3; times++) await ask();
    const words = inboxes.map((inbox) => inbox.split('.'));
    for (const [root, name, , word, ...rest] of words) {
      expect([root, name, rest]).toEqual(['_INBOX', 'asker', []]);
      expect(word).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(new Set(words.map((parts) => parts.at(-1))).size).toBe(3);
  });
});
