import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createDatabase,
  dropDatabase,
  type Fleet,
  freePort,
  ManagedProcess,
  type NatsServer,
  repositoryRoot,
  runAdmin,
  startFleet,
  startNats,
} from '@grantway/local-services';
import { ADA } from '../support/environments.js';
import { eventually } from '../support/eventually.js';
import { BusUser } from './support/bus-user.js';
import { Installation, sql } from './support/installation.js';

const READER = { user: 'reader', pass: 'reads' };
const STREAM = 'GRANTWAY_AUDIT';

interface OnStream {
  readonly subject: string;
  readonly id: string;
  readonly document: { readonly id: string; readonly environment: string; readonly event: string };
}

describe('the stream of audit events (distributed)', () => {
  const admin = process.env['GRANTWAY_TEST_DATABASE_URL'] as string;
  const name = `audit_${randomBytes(4).toString('hex')}`;
  let installation: Installation;
  let databaseUrl: string;
  let fleet: Fleet;
  let nats: NatsServer;
  let config: string;

  beforeAll(async () => {
    installation = await Installation.prepare();
    const { folder, masterKey, output } = installation;
    databaseUrl = await createDatabase(admin, name);
    const publicPort = await freePort();
    await installation.apply(databaseUrl, `http://localhost:${publicPort}`);
    const bus = join(folder, 'bus');
    await runAdmin(['nats-config', bus, '--audit-stream'], {});
    config = await serverConfig(folder, join(bus, 'nats-users.conf'));
    nats = await startNats({ ownGroup: false, config });
    fleet = await startFleet({
      ...{ databaseUrl, natsUrl: nats.url, publicPort, ownGroup: false },
      identities: {
        folder: bus,
        users: join(bus, 'nats-users.conf'),
        seedFile: (user: string) => join(bus, `${user}.nk`),
      },
      replicas: { token: 1, authorize: 2, device: 0, ciba: 0, gateway: 1 },
      env: { GRANTWAY_MASTER_KEY: masterKey, LOG_LEVEL: 'debug', AUDIT_STREAM: 'true' },
      onLine: (_process, line) => void output.push(line),
    });
  }, 180_000);
  afterAll(async () => {
    await fleet?.stop();
    await nats?.stop();
    await dropDatabase(admin, name);
    await installation.remove();
  });

  const app = (id: string) => installation.app(fleet.publicUrl, id);
  /** Events in the table that somebody who followed from the beginning must have. */
  const kept = async () =>
    (await sql<{ id: string }>(databaseUrl, `SELECT id FROM audit_event WHERE event <> 'environment.apply'`)).map(
      ({ id }) => id,
    );
  const waiting = async () =>
    (await sql<{ n: number }>(databaseUrl, 'SELECT count(*)::int AS n FROM audit_outbox'))[0]?.n ?? 0;
  const followed = async () => (await sql(databaseUrl, 'SELECT 1 FROM audit_follower')).length;

  /** Tokens, until so many were issued; refusals on the way are the faults'. */
  async function issue(count: number): Promise<void> {
    for (let issued = 0; issued < count; ) {
      const answer = await app('service').token({ grant_type: 'client_credentials' });
      expect([200, 503]).toContain(answer.status);
      if (answer.status === 200) issued += 1;
    }
  }

  /** Everything that is on the stream. */
  async function onStream(): Promise<OnStream[]> {
    const reader = await BusUser.open(nats.port, READER);
    try {
      await reader.subscribe('reader.inbox');
      const ask = async (subject: string, question: object) => {
        await reader.publish(subject, JSON.stringify(question), 'reader.inbox');
        const [answer] = await eventually(
          () => reader.hears(),
          ({ length }) => length > 0,
        );
        return JSON.parse(answer?.payload ?? '{}') as {
          state?: { last_seq: number };
          message?: { subject: string; hdrs: string; data: string };
        };
      };
      const { state } = await ask(`$JS.API.STREAM.INFO.${STREAM}`, {});
      const messages: OnStream[] = [];
      for (let seq = 1; seq <= (state?.last_seq ?? 0); seq++) {
        const { message } = await ask(`$JS.API.STREAM.MSG.GET.${STREAM}`, { seq });
        if (!message) continue;
        const text = (encoded: string) => Buffer.from(encoded, 'base64').toString();
        const id = /Nats-Msg-Id: ?(\S+)/.exec(text(message.hdrs))?.[1] ?? '';
        messages.push({ subject: message.subject, id, document: JSON.parse(text(message.data)) });
      }
      return messages;
    } finally {
      reader.close();
    }
  }

  it('I7 what happens is on the stream: by environment, as the command shows it, the event’s id as the message’s', async () => {
    expect(await eventually(followed, (count) => count === 1)).toBe(1);
    await app('web').tokens(ADA);
    await issue(3);
    await eventually(
      async () => (await kept()).length,
      (count) => count >= 6,
    );
    expect(await eventually(waiting, (count) => count === 0)).toBe(0);
    const messages = await onStream();
    expect(messages.map(({ id }) => id).toSorted()).toEqual((await kept()).toSorted());
    for (const { subject, id, document } of messages) {
      expect([subject, document.id, document.environment]).toEqual(['audit.v1.faults', id, 'faults']);
    }
    expect(messages.map(({ document }) => document.event)).toEqual(
      expect.arrayContaining(['user.sign_on', 'authorization.answer', 'token.issue']),
    );
    expect(JSON.stringify(messages)).not.toContain(ADA.password);
  }, 60_000);

  it('I7 nats-server and whoever hands on killed in turn: everything that is in the table arrives, each at least once', async () => {
    for (let round = 0; round < 2; round++) {
      await issue(20);
      const authorize = fleet.process(`authorize-${1 + round}`);
      await authorize.kill();
      process.kill(nats.pid, 'SIGKILL');
      await nats.stop();
      nats = await startNats({ port: nats.port, ownGroup: false, config });
      await issue(20);
      await authorize.start();
    }
    // The last of the token service's events are written as well.
    const written = await eventually(
      async () => (await kept()).length,
      (count) => count >= 86,
    );
    expect(written).toBeGreaterThanOrEqual(86);
    expect(await eventually(waiting, (count) => count === 0, 45)).toBe(0);
    const ids = new Set((await onStream()).map(({ id }) => id));
    expect((await kept()).filter((id) => !ids.has(id))).toEqual([]);
  }, 180_000);

  it('IN-01 nobody was refused anything on the bus', () => {
    expect(installation.output.filter((line) => line.includes('permission violation'))).toEqual([]);
    expect(installation.output.filter((line) => line.includes('Permissions Violation'))).toEqual([]);
  });

  it('I9 a service that is told to stop loses nothing it reported, in either mode', async () => {
    const issued = async () =>
      (
        await sql<{ n: number }>(databaseUrl, `SELECT count(*)::int AS n FROM audit_event WHERE event = 'token.issue'`)
      )[0]?.n ?? 0;
    // What was issued while nobody waited for it any more is written by and by.
    const before = await eventually(
      async () => [await issued(), await sleep(500), await issued()],
      ([one, , other]) => one === other,
    ).then(([count]) => count as number);
    await issue(5);
    const token = fleet.process('token-1');
    expect(await Promise.all([token.stop(), issueUntilAway()])).toEqual([true, expect.any(Number)]);
    await token.start();
    expect(await issued()).toBe(before + 5 + extra);

    const port = await freePort();
    const alone = new ManagedProcess({
      ...{ name: 'standalone', script: join(repositoryRoot, 'apps/standalone/dist/main.js'), ownGroup: false },
      readyUrl: `http://localhost:${port}/readyz`,
      env: {
        ...{ DATABASE_URL: databaseUrl, PORT: String(port), GRANTWAY_DATA: installation.folder, NATS_URL: undefined },
        ...{ GRANTWAY_ENVIRONMENTS: installation.environmentFile, GRANTWAY_MASTER_KEY: installation.masterKey },
      },
    });
    await alone.start();
    const there = await issued();
    const service = installation.app(`http://localhost:${port}`, 'service');
    for (let n = 0; n < 5; n++) expect((await service.token({ grant_type: 'client_credentials' })).status).toBe(200);
    expect(await alone.stop()).toBe(true);
    expect(await issued()).toBe(there + 5);
  }, 120_000);

  /** Tokens that were answered while the token service stopped. */
  let extra = 0;
  async function issueUntilAway(): Promise<number> {
    for (;;) {
      const answer = await app('service').token({ grant_type: 'client_credentials' });
      if (answer.status !== 200) return extra;
      extra += 1;
    }
  }
});

/** As an operator would have it, with JetStream, and somebody who may read everything. */
async function serverConfig(folder: string, users: string): Promise<string> {
  const list = await readFile(users, 'utf8');
  const reader = `{ user: "${READER.user}", password: "${READER.pass}" }`;
  const file = join(folder, 'server.conf');
  await writeFile(
    file,
    `max_payload: 4MB
jetstream { store_dir: "${join(folder, 'jetstream')}" }
authorization {
${list.replace('users = [', `users = [\n  ${reader}`)}
}
`,
  );
  return file;
}
