import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type NatsServer, startNats } from '@grantway/local-services';
import pino from 'pino';
import { BusIdentity, createNkey } from './bus-identity.js';
import { NatsBus } from './nats.js';

interface User {
  readonly publicKey: string;
  readonly publish?: readonly string[];
  readonly subscribe?: readonly string[];
}

async function until(holds: () => boolean, patience = 10_000): Promise<void> {
  const deadline = Date.now() + patience;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('it did not come true');
    await sleep(20);
  }
}

describe('NatsBus on a nats-server that asks who everybody is', () => {
  let folder: string;
  let users: string;
  let nats: NatsServer;
  const open: NatsBus[] = [];
  const asker = createNkey();
  const service = createNkey();
  const stranger = createNkey();

  const ASKER: User = { publicKey: asker.publicKey, publish: ['pot.v1.boil'], subscribe: ['_INBOX.asker.>'] };
  const SERVICE: User = { publicKey: service.publicKey, subscribe: ['pot.v1.boil pot'] };

  /** Only these, with no more than that. */
  const admit = async (...admitted: readonly User[]) => {
    const rule = (subjects: readonly string[] = []) =>
      subjects.length > 0 ? `{ allow: ${JSON.stringify(subjects)} }` : '{ deny: [">"] }';
    const entries = admitted.map(
      ({ publicKey, publish, subscribe }) =>
        `{ nkey: ${publicKey}, permissions: { publish: ${rule(publish)}, subscribe: ${rule(subscribe)}, allow_responses: { max: 1 } } }`,
    );
    await writeFile(users, `users = [\n${entries.join('\n')}\n]\n`);
    nats?.reload();
  };

  /** A bus, and the lines it logs. */
  const aBus = (name: string, seed?: string) => {
    const lines: Record<string, unknown>[] = [];
    const said = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(JSON.parse(String(chunk)));
        done();
      },
    });
    const identity = BusIdentity.read(seed ? { natsNkeySeed: seed } : {});
    const bus = NatsBus.open(nats.url, name, pino({ level: 'debug' }, said), identity);
    open.push(bus);
    return { bus, lines, told: (text: string) => lines.filter(({ msg }) => msg === text) };
  };

  const within = (milliseconds: number) => ({ requestId: 'request-1', deadline: Date.now() + milliseconds });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nats-identity-'));
    users = join(folder, 'nats-users.conf');
    await admit(ASKER, SERVICE);
    nats = await startNats({ users });
  });

  beforeEach(() => admit(ASKER, SERVICE));

  afterEach(async () => {
    await Promise.all(open.splice(0).map((bus) => bus.close()));
  });

  afterAll(async () => {
    await nats.stop();
    await rm(folder, { recursive: true });
  });

  /** A service that answers, and somebody who may ask it. */
  const aPair = async () => {
    const served = aBus('pot', service.seed);
    served.bus.serve('pot.v1.boil', 'pot', async () => ({ reply: 'hot' }));
    const asking = aBus('asker', asker.seed);
    await until(() => served.bus.connected && asking.bus.connected);
    return { served, asking };
  };

  it('design §5 who may ask asks, who may answer answers, each with no more than that', async () => {
    const { served, asking } = await aPair();
    await until(() => served.bus.refused.length === 0);
    expect(await asking.bus.request('pot.v1.boil', within(2_000))).toBe('hot');
    expect([...served.lines, ...asking.lines]).toEqual([]);
  });

  it('IN-01 a seed the server does not know: not connected, one clear line, no seed in it; connected once it knows', async () => {
    const { bus, lines, told } = aBus('asker', stranger.seed);
    await until(() => told('bus: the server refuses this identity').length > 0);
    await sleep(1_000); // Some more attempts, which have nothing new to say.
    expect(bus.connected).toBe(false);
    expect(lines).toMatchObject([
      { level: 50, nkey: stranger.publicKey, msg: 'bus: the server refuses this identity' },
    ]);
    expect(JSON.stringify(lines)).not.toContain(stranger.seed.slice(4));
    await expect(bus.request('pot.v1.boil', within(1_000))).rejects.toMatchObject({ kind: 'disconnected' });
    await admit(ASKER, SERVICE, { ...ASKER, publicKey: stranger.publicKey });
    await until(() => bus.connected);
  });

  it('IN-01 nobody in particular is told that the bus wants to know', async () => {
    const { bus, told } = aBus('asker');
    await until(() => told('bus: the server asks for an identity').length > 0);
    expect(bus.connected).toBe(false);
  });

  it('house: withdrawn while connected it is cut off, and back when it is admitted again', async () => {
    const { served, asking } = await aPair();
    await admit(SERVICE);
    await until(() => !asking.bus.connected);
    expect(served.bus.connected).toBe(true);
    await until(() => asking.told('bus: the server refuses this identity').length > 0);
    await admit(ASKER, SERVICE);
    await until(() => asking.bus.connected);
    expect(await asking.bus.request('pot.v1.boil', within(2_000))).toBe('hot');
    expect(asking.told('bus: disconnect')).toHaveLength(1);
  });

  it('house: what it may not publish is logged with its subject, once, and breaks nothing', async () => {
    const { asking } = await aPair();
    for (let times = 0; times < 5; times++) asking.bus.publish('pot.v1.break', { times });
    await until(() => asking.told('bus: permission violation').length > 0);
    expect(await asking.bus.request('pot.v1.boil', within(2_000))).toBe('hot');
    expect(asking.lines).toMatchObject([
      { level: 50, operation: 'publish', subject: 'pot.v1.break', nkey: asker.publicKey },
    ]);
  });

  it('house: what it may not ask is told at once as being cut off, and not at the deadline', async () => {
    const { asking } = await aPair();
    const request = asking.bus.request('pot.v1.break', within(60_000));
    await expect(request).rejects.toMatchObject({ kind: 'disconnected' });
    expect(asking.told('bus: permission violation')).toHaveLength(1);
  });

  it('house: with another service’s inbox it hears no answer', async () => {
    const misnamed = aBus('pot', asker.seed);
    await aPair();
    await until(() => misnamed.bus.connected);
    await expect(misnamed.bus.request('pot.v1.boil', within(60_000))).rejects.toMatchObject({ kind: 'disconnected' });
    expect(misnamed.told('bus: permission violation')).toMatchObject([{ operation: 'subscription' }]);
  });

  it('house: where it may not listen is known and logged; permitted later, it listens without a restart', async () => {
    const { asking } = await aPair();
    const { bus, told } = aBus('pot', stranger.seed);
    await admit(ASKER, { publicKey: stranger.publicKey, subscribe: ['pot.v1.other'] });
    const heard: string[] = [];
    bus.serve('pot.v1.boil', 'pot', async () => ({ reply: 'from the other' }));
    bus.subscribe('pot.v1.other', (_content, subject) => heard.push(subject));
    await until(() => bus.refused.length > 0);
    expect(bus.refused).toEqual(['pot.v1.boil']);
    expect(told('bus: permission violation')).toMatchObject([
      { level: 50, operation: 'subscription', subject: 'pot.v1.boil', queue: 'pot' },
    ]);
    await expect(asking.bus.request('pot.v1.boil', within(1_000))).rejects.toMatchObject({ kind: 'no_responders' });
    await admit(ASKER, { publicKey: stranger.publicKey, subscribe: ['pot.v1.other', 'pot.v1.boil pot'] });
    await until(() => bus.refused.length === 0);
    expect(await asking.bus.request('pot.v1.boil', within(2_000))).toBe('from the other');
  });

  it('house: permission taken away while it listens is noticed', async () => {
    const { served } = await aPair();
    await admit(ASKER, { ...SERVICE, subscribe: ['pot.v1.other'] });
    await until(() => served.bus.refused.length > 0);
    expect(served.bus.refused).toEqual(['pot.v1.boil']);
    expect(served.bus.connected).toBe(true);
  });

  it('house: one that never got a connection can be closed', async () => {
    const { bus, told } = aBus('asker', createNkey().seed);
    await until(() => told('bus: the server refuses this identity').length > 0);
    await bus.close();
    expect(bus.connected).toBe(false);
  });

  it('house: a bus that asks nobody takes whoever comes with an identity', async () => {
    const free = await startNats();
    const bus = NatsBus.open(
      free.url,
      'asker',
      pino({ level: 'silent' }),
      BusIdentity.read({ natsNkeySeed: asker.seed }),
    );
    await until(() => bus.connected);
    await bus.close();
    await free.stop();
  });
});
