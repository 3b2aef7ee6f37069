import { type AddressInfo, connect as connectTo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, type NatsServer, startNats } from '@grantway/local-services';
import { connect } from '@nats-io/transport-node';
import { IsInt, IsObject, Length } from 'class-validator';
import { createLogger } from '../logging/logger.js';
import type { BusReply } from './bus.js';
import { BusServer } from './bus-server.js';
import { NatsBus } from './nats.js';
import { Serves } from './serves.js';
import { ServiceBus } from './service-bus.js';

const SUBJECT = 'pot.v1.boil';
const logger = createLogger('pot', 'silent');

class PotMessage {
  @Length(8, 64)
  readonly requestId!: string;

  @IsInt()
  readonly deadline!: number;

  @IsObject()
  readonly pot!: object;
}

class Pot {
  @Serves(SUBJECT, PotMessage)
  boil(): void {}
}
void Pot;

const within = (milliseconds: number) => ({ requestId: 'request-1', deadline: Date.now() + milliseconds, pot: {} });

async function until(holds: () => boolean, patience = 10_000): Promise<void> {
  const deadline = Date.now() + patience;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('it did not come true');
    await sleep(20);
  }
}

describe('NatsBus on a real nats-server', () => {
  let port: number;
  let nats: NatsServer;
  const open: NatsBus[] = [];

  const aBus = async (name: string): Promise<NatsBus> => {
    const bus = NatsBus.open(nats.url, name, logger);
    open.push(bus);
    await until(() => bus.connected);
    return bus;
  };

  /** A service behind its own connection, which answers with what `answer` makes of a message. */
  const aService = async (answer: (message: PotMessage) => unknown = () => 'hot') => {
    const bus = await aBus('pot');
    const executed: PotMessage[] = [];
    const server = new BusServer({ listener: bus, logger, isInfrastructureError: () => false });
    server.addHandler(SUBJECT, async (message: PotMessage) => {
      executed.push(message);
      return answer(message) as never;
    });
    server.listen(() => {});
    return { bus, server, executed };
  };

  /** A client on the bus that knows nothing of our rules. */
  const stranger = async (send: (ask: (payload: string | Uint8Array) => Promise<BusReply>) => Promise<void>) => {
    const connection = await connect({ servers: nats.url });
    try {
      await send(async (payload) => (await connection.request(SUBJECT, payload, { timeout: 2_000 })).json<BusReply>());
    } finally {
      await connection.close();
    }
  };

  beforeAll(async () => {
    port = await freePort();
    nats = await startNats({ port });
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((bus) => bus.close()));
  });

  afterAll(() => nats.stop());

  /** Answers as soon as the service's subscription has reached the server. */
  async function ready(bus: NatsBus): Promise<void> {
    for (;;) {
      const heard = await bus.request(SUBJECT, within(1_000)).then(
        () => true,
        (error) => error.kind !== 'no_responders',
      );
      if (heard) return;
      await sleep(10);
    }
  }

  it('house: a message crosses the wire and the answer comes back', async () => {
    const { executed } = await aService(({ pot }) => ({ boiled: pot }));
    const bus = await aBus('gateway');
    await ready(bus);
    const before = executed.length;
    expect(await bus.request(SUBJECT, { ...within(1_000), pot: { name: 'é\u{1F600}' } } as never)).toEqual({
      boiled: { name: 'é\u{1F600}' },
    });
    expect(executed).toHaveLength(before + 1);
  });

  it('design §3 nobody there is told at once, not at the deadline', async () => {
    const bus = await aBus('gateway');
    const begun = Date.now();
    await expect(bus.request(SUBJECT, within(5_000))).rejects.toMatchObject({ kind: 'no_responders' });
    expect(Date.now() - begun).toBeLessThan(1_000);
  });

  it('I6 a service that hangs is a timeout at the deadline', async () => {
    await aService(() => sleep(3_000, 'too late', { ref: false }));
    const bus = await aBus('gateway');
    await sleep(100);
    const begun = Date.now();
    await expect(bus.request(SUBJECT, within(300))).rejects.toMatchObject({ kind: 'timeout' });
    expect(Date.now() - begun).toBeGreaterThanOrEqual(290);
    expect(Date.now() - begun).toBeLessThan(1_000);
  });

  it('I6 what is past its deadline is not even sent', async () => {
    const { executed } = await aService();
    const bus = await aBus('gateway');
    await ready(bus);
    const before = executed.length;
    await expect(bus.request(SUBJECT, within(-1))).rejects.toMatchObject({ kind: 'timeout' });
    expect(executed).toHaveLength(before);
  });

  it('house: of two replicas one gets each message', async () => {
    const replicas = [await aService(() => 'one'), await aService(() => 'two')];
    const bus = await aBus('gateway');
    await ready(bus);
    await sleep(100);
    const before = replicas.reduce((sum, { executed }) => sum + executed.length, 0);
    const answers = await Promise.all(Array.from({ length: 50 }, () => bus.request(SUBJECT, within(2_000))));
    expect(new Set(answers)).toEqual(new Set(['one', 'two']));
    expect(replicas.reduce((sum, { executed }) => sum + executed.length, 0)).toBe(before + 50);
  });

  it('I9 a draining service finishes what it has, and the next message goes elsewhere', async () => {
    const leaving = await aService(() => sleep(200, 'finished'));
    const bus = await aBus('gateway');
    await ready(bus);
    const inHand = bus.request(SUBJECT, within(2_000));
    await until(() => leaving.executed.length > 1);
    await leaving.server.close();
    await expect(inHand).resolves.toBe('finished');
    await expect(bus.request(SUBJECT, within(2_000))).rejects.toMatchObject({ kind: 'no_responders' });
  });

  it.each([
    ['no JSON', 'boil!'],
    ['nothing at all', ''],
    ['half a JSON', '{"requestId":'],
    ['broken UTF-8', Uint8Array.of(0x22, 0xff, 0xfe, 0x22)],
    ['an array', '[]'],
    ['wrong types', JSON.stringify({ requestId: 1, deadline: 'soon', pot: [] })],
    ['a missing deadline', JSON.stringify({ requestId: 'request-1', pot: {} })],
    ['too deep an array', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['an unknown prototype', '{"__proto__":{"pot":{}},"requestId":"request-1","deadline":9000000000000}'],
  ])('IN-01 %s is refused and not executed', async (_what, payload) => {
    const { executed } = await aService();
    const bus = await aBus('gateway');
    await ready(bus);
    const before = executed.length;
    await stranger(async (ask) => expect(await ask(payload)).toEqual({ trouble: 'refused' }));
    expect(executed).toHaveLength(before);
    expect(await bus.request(SUBJECT, within(1_000))).toBe('hot');
  });

  it('IN-01 an expired message is dropped and not executed', async () => {
    const { executed } = await aService();
    const bus = await aBus('gateway');
    await ready(bus);
    const before = executed.length;
    await stranger(async (ask) => {
      expect(await ask(JSON.stringify(within(-1)))).toEqual({ trouble: 'unavailable' });
    });
    expect(executed).toHaveLength(before);
  });

  it('IN-01 10 MB never reach the service, which goes on', async () => {
    const { executed } = await aService();
    const bus = await aBus('gateway');
    await ready(bus);
    const before = executed.length;
    const large = JSON.stringify({ ...within(5_000), pot: { filler: 'a'.repeat(10_000_000) } });
    await stranger(async (ask) => {
      await expect(ask(large)).rejects.toThrow();
    });
    expect(executed).toHaveLength(before);
    expect(await bus.request(SUBJECT, within(1_000))).toBe('hot');
  });

  it('CVE-2026-102281 a message 10 000 levels deep leaves the service up', async () => {
    const { executed } = await aService(({ pot }) => Object.keys(pot));
    const bus = await aBus('gateway');
    await ready(bus);
    const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
    await stranger(async (ask) => {
      expect(await ask(`{"requestId":"request-1","deadline":9000000000000,"pot":${deep}}`)).toEqual({ reply: ['a'] });
    });
    expect(executed.length).toBeGreaterThan(0);
    expect(await bus.request(SUBJECT, within(1_000))).toEqual([]);
  });

  it('nest #1355 a bus that is killed and comes back is found again, by both ends, without a restart', async () => {
    await aService();
    const bus = await aBus('gateway');
    await ready(bus);
    process.kill(nats.pid, 'SIGKILL');
    await until(() => !bus.connected);
    const begun = Date.now();
    await expect(bus.request(SUBJECT, within(5_000))).rejects.toMatchObject({ kind: 'disconnected' });
    expect(Date.now() - begun).toBeLessThan(500);

    nats = await startNats({ port });
    await until(() => bus.connected);
    await ready(bus);
    expect(await bus.request(SUBJECT, within(1_000))).toBe('hot');
  });

  it('house: a service may start before the bus does', async () => {
    await nats.stop();
    const service = NatsBus.open(nats.url, 'pot', logger);
    open.push(service);
    service.serve(SUBJECT, 'pot', async () => ({ reply: 'early' }));
    await expect(service.request(SUBJECT, within(1_000))).rejects.toMatchObject({ kind: 'disconnected' });
    expect(service.connected).toBe(false);
    nats = await startNats({ port });
    const bus = await aBus('gateway');
    await until(() => service.connected);
    await ready(bus);
    expect(await bus.request(SUBJECT, within(1_000))).toBe('early');
  });

  it('house: a server that hangs up in the middle of the greeting is asked again within seconds', async () => {
    let connections = 0;
    const door = createServer((inward) => {
      connections++;
      const outward = connectTo(port, '127.0.0.1');
      for (const socket of [inward, outward]) socket.on('error', () => {}).on('close', () => outward.destroy());
      if (connections === 1) outward.once('data', (greeting) => inward.end(greeting));
      else inward.pipe(outward).pipe(inward);
    });
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    const bus = NatsBus.open(`nats://127.0.0.1:${(door.address() as AddressInfo).port}`, 'pot', logger);
    open.push(bus);
    await until(() => bus.connected);
    expect(connections).toBe(2);
    await bus.close();
    door.close();
  });

  /** What a bus heard, from the moment its subscription had reached the server. */
  const listening = async (bus: NatsBus, pattern: string) => {
    const heard: { message: unknown; subject: string }[] = [];
    let ready = false;
    bus.subscribe(pattern, (content, subject) => {
      if (subject.endsWith('.ready')) ready = true;
      else heard.push({ message: content(), subject });
    });
    while (!ready) {
      bus.publish(pattern.replace('*', 'ready'), {});
      await sleep(10);
    }
    return heard;
  };

  it('design §5 what is published reaches every replica once, and says under which subject', async () => {
    const heard = [
      await listening(await aBus('token'), 'pots.v1.told.*'),
      await listening(await aBus('token'), 'pots.v1.told.*'),
    ];
    const bus = await aBus('pot');
    expect(bus.publish('pots.v1.told.red', { name: 'é' })).toBe(true);
    expect(bus.publish('pots.v1.told.red.now', { deeper: true })).toBe(true);
    expect(bus.publish('pots.v1.told.blue', {})).toBe(true);
    await until(() => heard.every((each) => each.length > 1));
    for (const each of heard) {
      expect(each).toEqual([
        { message: { name: 'é' }, subject: 'pots.v1.told.red' },
        { message: {}, subject: 'pots.v1.told.blue' },
      ]);
    }
  });

  it('IN-01 junk that is published reaches a subscriber as nothing, and the next message as itself', async () => {
    const heard = await listening(await aBus('token'), 'pots.v1.told.*');
    const connection = await connect({ servers: nats.url });
    for (const junk of ['boil!', '', '{"a":', Uint8Array.of(0x22, 0xff)]) connection.publish('pots.v1.told.red', junk);
    connection.publish('pots.v1.told.red', '{"hot":true}');
    await until(() => heard.length > 4);
    await connection.close();
    expect(heard.map(({ message }) => message)).toEqual([undefined, undefined, undefined, undefined, { hot: true }]);
  });

  it('nest #1355 a subscription outlives the bus; what is said while cut off is not said later', async () => {
    const bus = await aBus('pot');
    const subscriber = await aBus('token');
    const heard = await listening(subscriber, 'pots.v1.told.*');
    let connects = 0;
    bus.onConnect(() => connects++);
    expect(connects).toBe(1);
    process.kill(nats.pid, 'SIGKILL');
    await until(() => !bus.connected);
    expect(bus.publish('pots.v1.told.red', { stale: true })).toBe(false);
    nats = await startNats({ port });
    await until(() => bus.connected && subscriber.connected);
    expect(connects).toBe(2);
    while (heard.length === 0) {
      bus.publish('pots.v1.told.red', { stale: false });
      await sleep(20);
    }
    expect(heard[0]).toEqual({ message: { stale: false }, subject: 'pots.v1.told.red' });
  });

  it('design §5 a subject known only while running is served by the rules of all others', async () => {
    const bus = await aBus('pot');
    const isInfrastructureError = (error: unknown) => (error as Error).message === 'storage is away';
    const service = new ServiceBus({ bus, logger, isInfrastructureError });
    const answers: Record<string, () => unknown> = {
      good: () => 'hot',
      away: () => Promise.reject(new Error('storage is away')),
      broken: () => Promise.reject(new Error('a bug')),
    };
    service.serve('pots.v1.boil.red', 'pot-red', PotMessage, async ({ pot }) =>
      answers[(pot as { how: string }).how]?.(),
    );
    const asker = await aBus('token');
    const ask = (message: object) => asker.request('pots.v1.boil.red', { ...within(1_000), ...message });
    await until(() => bus.connected);
    await sleep(100);
    expect(await ask({ pot: { how: 'good' } })).toBe('hot');
    await expect(ask({ pot: { how: 'away' } })).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(ask({ pot: { how: 'broken' } })).rejects.toMatchObject({ kind: 'fault' });
    await expect(ask({ pot: 'red' })).rejects.toMatchObject({ kind: 'refused' });
    await expect(asker.request('pots.v1.boil.blue', within(1_000))).rejects.toMatchObject({ kind: 'no_responders' });
  });

  it('I9 replicas share a subject known only while running, and one that drains loses nothing', async () => {
    const executed = [0, 0];
    const replicas = [await aBus('pot'), await aBus('pot')];
    for (const [at, bus] of replicas.entries()) {
      const service = new ServiceBus({ bus, logger, isInfrastructureError: () => false });
      service.serve('pots.v1.boil.red', 'pot-red', PotMessage, async () => {
        executed[at] = (executed[at] ?? 0) + 1;
        return sleep(5, 'hot');
      });
    }
    const asker = await aBus('token');
    await sleep(100);
    const asking = Array.from({ length: 60 }, async (_, at) => {
      await sleep(at * 3);
      return asker.request('pots.v1.boil.red', within(2_000));
    });
    await sleep(90);
    await replicas[0]?.drain();
    expect(new Set(await Promise.all(asking))).toEqual(new Set(['hot']));
    expect(executed.every((times) => times > 0)).toBe(true);
    expect(executed.reduce((sum, times) => sum + times, 0)).toBe(60);
  });

  it('house: an answer that is no JSON is a fault, whoever sent it', async () => {
    const connection = await connect({ servers: nats.url });
    for (const [word, junk] of Object.entries({ text: 'boil!', nothing: '', null: 'null', list: '[]' })) {
      connection.subscribe(`pots.v1.junk.${word}`, { callback: (_error, message) => void message.respond(junk) });
    }
    await connection.flush();
    const bus = await aBus('token');
    for (const word of ['text', 'nothing', 'null', 'list']) {
      await expect(bus.request(`pots.v1.junk.${word}`, within(1_000))).rejects.toMatchObject({ kind: 'fault' });
    }
    await connection.close();
  });
});
