import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditEvent, auditEventId } from '@grantway/domain';
import { type NatsServer, startNats } from '@grantway/local-services';
import { eventually, MemoryAuditEvents } from '@grantway/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { createLogger } from '../logging/logger.js';
import { Metrics } from '../metrics/metrics.js';
import { AUDIT_STREAM, AuditStream } from './audit-stream.js';

describe('AuditStream', () => {
  let folder: string;
  let nats: NatsServer;
  let stream: AuditStream | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'audit-stream-'));
  });
  afterEach(async () => {
    await stream?.beforeApplicationShutdown();
    await nats.stop();
    await rm(folder, { recursive: true });
  });

  async function withJetStream(port?: number): Promise<NatsServer> {
    const config = join(folder, 'server.conf');
    await writeFile(config, `jetstream { store_dir: "${join(folder, 'store')}" }\n`);
    return startNats({ config, ownGroup: false, ...(port !== undefined && { port }) });
  }
  const anEvent = (): AuditEvent => ({
    ...{ id: auditEventId(Date.now()), environmentId: 'acme', event: 'token.issue', outcome: 'ok' },
  });

  function handingOn(url = nats.url) {
    const events = new MemoryAuditEvents();
    const logged: string[] = [];
    const say = (_fields: unknown, message?: string) => void logged.push(message ?? String(_fields));
    const logger = { ...createLogger('test', 'silent'), info: say, warn: say, error: say } as never;
    stream = new AuditStream({ events, logger, metrics: new Metrics(), server: { url, name: 'authorize' } });
    stream.onApplicationBootstrap();
    return { events, logged };
  }

  /** Who looks from outside. */
  async function looking<T>(look: (manager: Awaited<ReturnType<typeof jetstreamManager>>) => Promise<T>): Promise<T> {
    const connection = await connect({ servers: nats.url });
    try {
      return await look(await jetstreamManager(connection));
    } finally {
      await connection.close();
    }
  }
  const count = () => looking(async (manager) => (await manager.streams.info(AUDIT_STREAM)).state.messages);

  it('I7 I15 without JetStream it says so once and goes on; with it, what waited arrives', async () => {
    nats = await startNats({ ownGroup: false });
    const { events, logged } = handingOn();
    await eventually(async () => logged.length > 0, 10_000);
    await events.record([anEvent(), anEvent()]);
    expect(logged).toEqual(['audit stream: events are not handed on, and wait in the table']);
    const { port } = nats;
    await nats.stop();
    nats = await withJetStream(port);
    await eventually(async () => logged.includes('audit stream: events are handed on'), 20_000);
    await eventually(async () => (await count()) === 2, 10_000);
    expect(logged).toHaveLength(2);
  }, 60_000);

  it('I7 what is handed on twice is there once; a stream of the operator’s own stays as it is', async () => {
    nats = await withJetStream();
    await looking((manager) => manager.streams.add({ name: AUDIT_STREAM, subjects: ['audit.v1.*'], max_msgs: 7 }));
    const { events } = handingOn();
    const event = anEvent();
    await events.record([event]);
    await eventually(async () => (await count()) === 1, 10_000);
    // As one that died between the two: handed on, and not noted.
    await stream?.beforeApplicationShutdown();
    const again = handingOn();
    await again.events.follow(true);
    await again.events.record([event, anEvent()]);
    await eventually(async () => (await count()) === 2, 10_000);
    const { config } = await looking((manager) => manager.streams.info(AUDIT_STREAM));
    expect(config).toMatchObject({ max_msgs: 7, subjects: ['audit.v1.*'] });
  }, 60_000);
});
