import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createDatabase,
  dropDatabase,
  freePort,
  ManagedProcess,
  repositoryRoot,
  startTcpRelay,
  type TcpRelay,
} from '@grantway/local-services';
import { ADA } from '../support/environments.js';
import { eventually } from '../support/eventually.js';
import { Installation, sql } from './support/installation.js';
import { MetricsPage } from './support/metrics-page.js';
import { DEADLINE } from './support/private-fleet.js';
import { hasAll, type Span, TraceReceiver, wayTo } from './support/trace-receiver.js';
import { ALL_OK, outcomeOf, Traffic } from './support/traffic.js';

describe('PostgreSQL away (standalone)', () => {
  const admin = process.env['GRANTWAY_TEST_DATABASE_URL'] as string;
  const name = `faults_${randomBytes(4).toString('hex')}`;
  let installation: Installation;
  let relay: TcpRelay;
  let server: ManagedProcess;
  let traffic: Traffic;
  let databaseUrl: string;
  let baseUrl: string;
  let healthUrl: string;
  let receiver: TraceReceiver;

  beforeAll(async () => {
    installation = await Installation.prepare();
    databaseUrl = await createDatabase(admin, name);
    const { hostname: host, port } = new URL(databaseUrl);
    relay = await startTcpRelay({ host, port: Number(port) });
    const through = new URL(databaseUrl);
    through.host = `127.0.0.1:${relay.port}`;
    const publicPort = await freePort();
    baseUrl = `http://localhost:${publicPort}`;
    const healthPort = await freePort();
    healthUrl = `http://127.0.0.1:${healthPort}`;
    receiver = await TraceReceiver.open();
    server = new ManagedProcess({
      name: 'standalone',
      script: join(repositoryRoot, 'apps/standalone/dist/main.js'),
      readyUrl: `${baseUrl}/readyz`,
      ownGroup: false,
      onLine: (line) => void installation.output.push(line),
      env: {
        ...{
          DATABASE_URL: through.href,
          PORT: String(publicPort),
          PUBLIC_URL: baseUrl,
          GRANTWAY_DATA: installation.folder,
        },
        ...{ GRANTWAY_ENVIRONMENTS: installation.environmentFile, GRANTWAY_MASTER_KEY: installation.masterKey },
        ...{ NATS_URL: undefined, LOG_LEVEL: 'debug', HEALTH_PORT: String(healthPort), ...receiver.env },
      },
    });
    await server.start();
    traffic = await Traffic.prepare(installation.app(baseUrl), installation.app(baseUrl, 'service'));
  }, 180_000);
  afterAll(async () => {
    await server.stop();
    await receiver.close();
    await relay.close();
    await dropDatabase(admin, name);
    await installation.remove();
  });
  afterEach(async () => {
    await traffic.stop();
    relay.mend();
    expect(await traffic.untilServed()).toEqual(ALL_OK);
  });

  const ready = async () => (await fetch(`${baseUrl}/readyz`)).status;

  it('IR-04 ory/hydra #1928 cut off: 503 with Retry-After, never a verdict; back by itself, true state unchanged', async () => {
    const strict = installation.app(baseUrl, 'strict');
    const { refresh_token } = await strict.tokens(ADA);
    const code = await strict.code(ADA);
    relay.cut();
    const outcomes = await traffic.once();
    expect(outcomes).toEqual({
      ...{
        'client credentials': 'unavailable',
        userinfo: 'unavailable',
        authorize: 'unavailable',
        refresh: 'unavailable',
      },
      discovery: 'ok',
    });
    const held = await Promise.all([outcomeOf(strict.redeem(code)), outcomeOf(strict.refresh(refresh_token))]);
    expect([held, await ready()]).toEqual([['unavailable', 'unavailable'], 503]);
    relay.mend();
    expect(await traffic.untilServed()).toEqual(ALL_OK);
    expect([(await strict.redeem(code)).status, (await strict.refresh(refresh_token)).status]).toEqual([200, 200]);
    expect(await ready()).toBe(200);
  }, 120_000);

  it('I4 I15 recipe 11 cut and mended under load: only success or 503', async () => {
    traffic.start();
    for (let rounds = 0; rounds < 4; rounds += 1) {
      await sleep(250);
      relay.cut();
      await sleep(100);
      relay.mend();
    }
    await sleep(DEADLINE / 2);
    const { ok = 0, unavailable = 0, ...never } = await traffic.stop();
    expect(never).toEqual({});
    expect([ok > 0, unavailable > 0]).toEqual([true, true]);
  }, 120_000);

  it('RT-09 CVE-2026-9802 CVE-2026-68079 I2 kill -9 and start: what was spent stays spent, what was issued is good', async () => {
    const strict = installation.app(baseUrl, 'strict');
    const code = await strict.code(ADA);
    const { access_token, refresh_token } = (await strict.redeem(code)).json<{
      access_token: string;
      refresh_token: string;
    }>();
    const rotated = await strict.refresh(refresh_token);
    expect(rotated.status).toBe(200);
    await server.kill();
    await server.start();
    expect((await strict.userInfo(access_token)).status).toBe(200);
    expect((await strict.refresh(refresh_token)).error).toBe('invalid_grant');
    expect((await strict.redeem(code)).error).toBe('invalid_grant');
    expect(await sql(databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  }, 120_000);

  it('design §1 §3 metrics have a door of their own, and a request is one trace here as well', async () => {
    const strict = installation.app(baseUrl, 'strict');
    const { refresh_token } = await strict.tokens(ADA);
    const { headers } = await strict.refresh(refresh_token);
    const page = await MetricsPage.of(healthUrl);
    const issued = { grant_type: 'refresh_token', outcome: 'ok' };
    expect(page.value('grantway_token_requests_total', issued)).toBeGreaterThan(0);
    expect(page.value('grantway_database_pool_connections', { state: 'total' })).toBeGreaterThan(0);
    expect((await fetch(`${baseUrl}/metrics`)).status).toBe(404);
    const id = headers.get('x-request-id');
    const root = await eventually(
      async () => receiver.spans.find(({ attributes }) => attributes['grantway.request_id'] === id),
      Boolean,
    );
    const isStatement = ({ attributes }: { attributes: object }) => 'db.system.name' in attributes;
    const names = ['request token.v1.issue', 'process token.v1.issue'];
    const arrived = (found: readonly Span[]) => hasAll(found, names) && found.some(isStatement);
    const spans = await receiver.trace(root?.traceId as string, arrived);
    const statement = spans.find(isStatement)?.name as string;
    expect(wayTo(spans, statement)).toEqual([
      'standalone server POST /:environment/as/token',
      'standalone client request token.v1.issue',
      'standalone server process token.v1.issue',
      `standalone client ${statement}`,
    ]);
  });

  it('HT-06 nothing of it was printed, nor traced', () => {
    const printed = [...installation.output, ...receiver.bodies].join('\n');
    expect(printed).not.toContain(ADA.password);
    expect(printed).not.toContain(installation.client('web').secret);
    expect(printed).not.toMatch(/gw(?:ac|rt|st)_[\w-]{22}\.|eyJ[\w-]{10,}\.eyJ/);
    expect(printed).toContain('"level"');
  });
});
