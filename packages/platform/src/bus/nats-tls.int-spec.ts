import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Certificates, makeCertificates, type NatsServer, startNats } from '@grantway/local-services';
import pino from 'pino';
import { NatsBus } from './nats.js';

async function until(holds: () => boolean, patience = 10_000): Promise<void> {
  const deadline = Date.now() + patience;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('it did not come true');
    await sleep(20);
  }
}

describe('NatsBus and TLS', () => {
  let folder: string;
  let ours: Certificates;
  let secure: NatsServer;
  let plain: NatsServer;
  const open: NatsBus[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nats-tls-'));
    ours = await makeCertificates(folder);
    const config = join(folder, 'server.conf');
    await writeFile(config, `tls { cert_file: "${ours.certFile}", key_file: "${ours.keyFile}" }\n`);
    [secure, plain] = await Promise.all([startNats({ config }), startNats()]);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((bus) => bus.close()));
  });
  afterAll(async () => {
    await Promise.all([secure?.stop(), plain?.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  /** A bus, and why it is not there yet. */
  const aBus = (url: string, caFile?: string) => {
    const reasons: string[] = [];
    const said = new Writable({
      write: (chunk, _encoding, done) => {
        reasons.push(JSON.parse(String(chunk)).reason ?? '');
        done();
      },
    });
    const bus = NatsBus.open(url, 'pot', pino({ level: 'warn' }, said), undefined, caFile);
    open.push(bus);
    return { bus, reasons };
  };

  it('house: a server of the named authority is believed, and answers come back', async () => {
    const { bus } = aBus(`tls://localhost:${secure.port}`, ours.caFile);
    await until(() => bus.connected);
    bus.serve('pot.v1.boil', 'pot', async () => ({ reply: 'hot' }));
    const asked = () => bus.request('pot.v1.boil', { requestId: 'request-1', deadline: Date.now() + 5_000 });
    expect(await asked()).toBe('hot');
  });

  it('house: one of another authority is not', async () => {
    const strange = await mkdtemp(join(folder, 'strange-'));
    const { caFile } = await makeCertificates(strange);
    const { bus, reasons } = aBus(`tls://localhost:${secure.port}`, caFile);
    await until(() => reasons.length > 0);
    expect(reasons[0]).toMatch(/certificate|signature/i);
    expect(bus.connected).toBe(false);
  });

  it('house: nor one that the machine does not know, when no authority is named', async () => {
    const { bus, reasons } = aBus(`tls://localhost:${secure.port}`);
    await until(() => reasons.length > 0);
    expect(bus.connected).toBe(false);
  });

  it.each([
    ['tls:// in the address', 'tls', false],
    ['an authority', 'nats', true],
  ])(
    'house: with %s nothing is said in the clear, whatever the server offers',
    async (_what, scheme, withAuthority) => {
      const { bus, reasons } = aBus(`${scheme}://localhost:${plain.port}`, withAuthority ? ours.caFile : undefined);
      await until(() => reasons.length > 0);
      expect(reasons[0]).toContain('tls');
      expect(bus.connected).toBe(false);
    },
  );

  it('house: an authority that appears later is read then', async () => {
    const late = join(folder, 'late.crt');
    const { bus, reasons } = aBus(`tls://localhost:${secure.port}`, late);
    await until(() => reasons.length > 0);
    await writeFile(late, await readFile(ours.caFile));
    await until(() => bus.connected);
  });
});
