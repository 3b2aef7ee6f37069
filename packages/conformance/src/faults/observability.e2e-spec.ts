import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '@grantway/local-services';
import { parse } from 'yaml';
import { Device } from '../support/device.js';
import { ADA } from '../support/environments.js';
import { eventually } from '../support/eventually.js';
import { withEveryGrant } from '../support/every-grant.js';
import { basic, postForm, request, sendingAlso } from '../support/http.js';
import { MetricsPage, metricsIn } from './support/metrics-page.js';
import { PrivateFleet } from './support/private-fleet.js';
import { hasAll, type Span, TraceReceiver, wayTo } from './support/trace-receiver.js';

const GIVEN_TRACE = 'abcdef0123456789abcdef0123456789';
const GIVEN_SPAN = 'abcdef0123456789';
const ROOT = 'POST /:environment/as/token';
const ON_THE_BUS = ['request token.v1.issue', 'process token.v1.issue'];
const ASKED = ['gateway client request token.v1.issue', 'token server process token.v1.issue'];
/** Prometheus puts them there. */
const SCRAPED = ['job', 'instance', 'namespace', 'pod', 'service', 'le'];
/** Not in every process's page at once. */
const PERIODIC = ['nodejs_gc_duration_seconds'];

describe('what an operator sees (distributed)', () => {
  let house: PrivateFleet;
  let receiver: TraceReceiver;

  beforeAll(async () => {
    receiver = await TraceReceiver.open();
    house = await PrivateFleet.start({ token: 1, authorize: 1 }, withEveryGrant, receiver.env);
  }, 180_000);
  afterAll(async () => {
    await house.stop();
    await receiver.close();
  });

  const pages = () => Promise.all(house.fleet.processes.map(({ healthUrl }) => MetricsPage.of(healthUrl)));
  const pageOf = (name: string) => MetricsPage.of(house.fleet.process(name).healthUrl);
  const lines = () =>
    house.installation.output.flatMap((line) => {
      try {
        return [JSON.parse(line) as Record<string, unknown>];
      } catch {
        return [];
      }
    });

  describe('traces', () => {
    const traced = (flags: string, id = GIVEN_TRACE) => ({ traceparent: `00-${id}-${GIVEN_SPAN}-${flags}` });

    it('design §3 one token request is one trace, from the door over the bus into PostgreSQL, and its log lines name it', async () => {
      const app = house.app();
      const { refresh_token } = await app.tokens(ADA);
      const before = receiver.spans.length;
      const answer = await app.refresh(refresh_token);
      expect(answer.status).toBe(200);
      const requestId = answer.headers.get('x-request-id');
      const root = await eventually(
        async () =>
          receiver.spans.slice(before).find(({ attributes }) => attributes['grantway.request_id'] === requestId),
        Boolean,
      );
      const arrived = (found: readonly Span[]) => hasAll(found, ON_THE_BUS) && found.some(isStatement);
      const spans = await receiver.trace(root?.traceId as string, arrived);
      const statement = spans.find(isStatement);
      expect(wayTo(spans, statement?.name as string)).toEqual([
        `gateway server ${ROOT}`,
        ...ASKED,
        `token client ${statement?.name}`,
      ]);
      expect(root?.attributes).toEqual({
        ...{ 'http.request.method': 'POST', 'http.route': '/:environment/as/token', 'url.scheme': 'http' },
        ...{ 'http.response.status_code': 200 },
        ...{ 'grantway.request_id': requestId, 'grantway.environment': app.environment },
      });
      expect(statement?.attributes).toMatchObject({
        ...{ 'db.system.name': 'postgresql', 'db.query.summary': statement?.name },
        'db.operation.batch.size': 1,
      });
      const said = lines().filter((line) => line['request_id'] === requestId);
      expect(said.map(({ service }) => service).sort()).toEqual(['gateway', 'token']);
      for (const line of said)
        expect(line).toMatchObject({ trace_id: root?.traceId, span_id: expect.stringMatching(/^\w{16}$/) });
    });

    it('design §3 a trace that comes in goes on, also to a grant in another service', async () => {
      const device = new Device(house.app('console'));
      const started = await device.start();
      const answer = await sendingAlso(traced('01'), () => device.poll(started));
      expect(answer.error).toBe('authorization_pending');
      const names = [
        ROOT,
        ...ON_THE_BUS,
        'request grants.v1.decide.device-code',
        'process grants.v1.decide.device-code',
      ];
      const isPoll = (span: Span) => span.service === 'device' && isStatement(span);
      const spans = await receiver.trace(GIVEN_TRACE, (found) => hasAll(found, names) && found.some(isPoll));
      const statement = spans.find(isPoll);
      expect(wayTo(spans, statement?.name as string)).toEqual([
        '(from outside)',
        `gateway server ${ROOT}`,
        ...ASKED,
        'token client request grants.v1.decide.device-code',
        'device server process grants.v1.decide.device-code',
        `device client ${statement?.name}`,
      ]);
      expect(spans.find(({ name }) => name === ROOT)?.parentSpanId).toBe(GIVEN_SPAN);
    });

    it('house: one that is not sampled outside is not kept here, and is named in the log all the same', async () => {
      const [dropped, kept] = ['1'.repeat(32), '2'.repeat(32)];
      const ask = () => house.app('service').token({ grant_type: 'client_credentials' });
      await sendingAlso(traced('00', dropped), ask);
      await sendingAlso(traced('01', kept), ask);
      await receiver.trace(kept, (found) => found.some(({ name }) => name === ROOT));
      expect(receiver.spans.filter(({ traceId }) => traceId === dropped)).toEqual([]);
      expect(lines().some((line) => line['trace_id'] === dropped)).toBe(true);
    });

    it('house: what the log says is about a request and names it, or about the process', async () => {
      const ofTheProcess = /^(started|stopped|bus: |grant service |traces: )/;
      const others = lines().filter(({ context, msg }) => context === undefined && !ofTheProcess.test(String(msg)));
      expect(others.length).toBeGreaterThan(10);
      expect(others.filter((line) => !line['request_id'])).toEqual([]);
    });

    it('I4 whoever takes the spans hangs, and is away: every request is served, and every process stops as it should', async () => {
      receiver.hangs = true;
      const ask = () => house.app('service').token({ grant_type: 'client_credentials' });
      const served = await Promise.all(Array.from({ length: 40 }, ask));
      expect(new Set(served.map(({ status }) => status))).toEqual(new Set([200]));
      const token = house.fleet.process('token-1');
      expect(await token.stop()).toBe(true);
      await receiver.close();
      await token.start();
      expect((await eventually(ask, ({ status }) => status === 200)).status).toBe(200);
      const complaints = () => lines().filter(({ msg }) => msg === 'traces: spans could not be delivered');
      await eventually(async () => complaints().length, Boolean);
      expect(complaints()[0]).toMatchObject({ level: 40, service: expect.any(String) });
    });
  });

  describe('metrics', () => {
    it('house: a request is counted where it passes, by names of ours', async () => {
      const { issuer } = house.app('service');
      const form = { grant_type: 'client_credentials' };
      const before =
        (await pageOf('token-1')).value('grantway_token_requests_total', { outcome: 'invalid_client' }) ?? 0;
      await postForm(`${issuer}/token`, form, basic('service', 'wrong'));
      await postForm(`${issuer}/token`, { grant_type: 'made:up' }, basic('service', 'wrong'));
      await request(`${issuer}/made-up`);
      const [gateway, token, device] = await Promise.all(['gateway-1', 'token-1', 'device-1'].map(pageOf));
      const failed = { grant_type: 'client_credentials', outcome: 'invalid_client' };
      expect(token?.value('grantway_token_requests_total', failed)).toBe(before + 1);
      const unknown = { grant_type: 'unknown', outcome: 'unsupported_grant_type' };
      expect(token?.value('grantway_token_requests_total', unknown)).toBe(1);
      const refused = { endpoint: '/:environment/as/token', method: 'POST', status: '401' };
      expect(gateway?.value('grantway_http_requests_total', refused)).toBeGreaterThan(0);
      const nowhere = { endpoint: 'none', method: 'GET', status: '404' };
      expect(gateway?.value('grantway_http_requests_total', nowhere)).toBe(1);
      const ok = { subject: 'token.v1.issue', outcome: 'ok' };
      expect(gateway?.value('grantway_bus_requests_total', ok)).toBeGreaterThan(0);
      expect(token?.value('grantway_bus_handled_total', ok)).toBeGreaterThan(0);
      expect(token?.value('grantway_grant_leases', { slug: 'device-code' })).toBe(1);
      expect(device?.value('grantway_database_pool_connections', { state: 'total' })).toBeGreaterThan(0);
      expect(gateway?.text + (token?.text ?? '')).not.toContain('made');
    });

    it('I4 PostgreSQL away: every page is there, without what only it knows; the log names request and trace', async () => {
      const app = house.app();
      const { refresh_token } = await app.tokens(ADA);
      await house.stopPostgres();
      try {
        const answer = await app.refresh(refresh_token);
        expect(answer.status).toBe(503);
        const said = await eventually(
          async () => lines().filter((line) => line['request_id'] === answer.headers.get('x-request-id')),
          (found) => found.length === 3,
        );
        const trace_id = said[0]?.['trace_id'];
        expect(said.map(({ service, msg, ...line }) => [service, msg, line['trace_id']]).sort()).toEqual([
          ['gateway', 'no answer', trace_id],
          ['gateway', 'served', trace_id],
          ['token', 'what it needs is away', trace_id],
        ]);
        expect(trace_id).toMatch(/^[0-9a-f]{32}$/);
        const ciba = await eventually(
          () => pageOf('ciba-1'),
          (page) => page.value('grantway_job_lag_seconds') === undefined,
        );
        expect(ciba.value('grantway_job_lag_seconds')).toBeUndefined();
        expect(ciba.value('grantway_bus_connected')).toBe(1);
      } finally {
        await house.startPostgres();
      }
      const back = await eventually(
        () => pageOf('ciba-1'),
        (page) => page.value('grantway_job_lag_seconds') !== undefined,
      );
      expect(back.value('grantway_jobs_pending')).toBe(0);
    });

    const read = (path: string) => readFile(join(repositoryRoot, path), 'utf8');

    it('house: the table in packages/platform/README.md is what the processes say', async () => {
      const said = new Map(
        (await pages()).flatMap(({ helps }) => [...helps]).filter(([name]) => name.startsWith('grantway_')),
      );
      const rows = [
        ...(await read('packages/platform/README.md')).matchAll(/^\| `(grantway_\w+)` \| ([^|]*) \| (.*) \|$/gm),
      ];
      const written = rows.map(([, name = '', , help = '']) => [name, help]);
      expect(Object.fromEntries(written)).toEqual(Object.fromEntries(said));
      for (const page of await pages()) {
        for (const [, name = '', labels = ''] of rows) {
          const found = [...page.labelsOf(name)].filter((label) => label !== 'le');
          expect([name, found.length === 0 || found.join(', ')]).toEqual([
            name,
            found.length === 0 || labels.replaceAll('`', ''),
          ]);
        }
      }
    });

    it('house: every metric, and every label, that the dashboard, the alerts and the autoscalers ask for is there', async () => {
      const all = await pages();
      const asked = (await expressions(read)).flatMap(metricsIn);
      expect(asked.length).toBeGreaterThan(50);
      for (const { name, labels } of asked) {
        expect([name, all.some(({ helps }) => helps.has(name)) || PERIODIC.includes(name)]).toEqual([name, true]);
        const there = new Set(all.flatMap((page) => [...page.labelsOf(name)]));
        const missing = labels.filter((label) => !SCRAPED.includes(label) && there.size > 0 && !there.has(label));
        expect([name, missing]).toEqual([name, []]);
      }
    });

    it('house: every alert says what it is, and where it is written what to do', async () => {
      const manual = await read('docs/operating.md');
      for (const { alert, annotations, labels } of await alertRules(read)) {
        expect([alert, annotations['summary'], annotations['description']]).toEqual([
          expect.stringMatching(/^Grantway[A-Z]/),
          expect.stringMatching(/\S/),
          expect.stringMatching(/\.$/),
        ]);
        expect(['critical', 'warning', 'info']).toContain(labels['severity']);
        expect(annotations['runbook_url']).toBe(`docs/operating.md#${alert.toLowerCase()}`);
        expect([alert, new RegExp(`^#+ ${alert}\\s*$`, 'm').test(manual)]).toEqual([alert, true]);
      }
    });
  });
});

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Adapter {
  readonly rules: { readonly custom: readonly { readonly seriesQuery: string }[] };
}

type Read = (path: string) => Promise<string>;

async function alertRules(read: Read): Promise<Rule[]> {
  const { groups } = parse(await read('deploy/observability/alerts.yaml')) as { groups: { rules: Rule[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

async function expressions(read: Read): Promise<string[]> {
  const { panels } = JSON.parse(await read('deploy/observability/dashboard.json')) as {
    panels: { targets?: { expr: string }[] }[];
  };
  const shown = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  const { rules } = parse(await read('deploy/autoscaling/prometheus-adapter.yaml')) as Adapter;
  const scaledBy = rules.custom.map(({ seriesQuery }) => seriesQuery);
  return [...shown, ...scaledBy, ...(await alertRules(read)).map(({ expr }) => expr)];
}

function isStatement({ attributes }: { readonly attributes: Readonly<Record<string, unknown>> }): boolean {
  return attributes['db.system.name'] === 'postgresql';
}
