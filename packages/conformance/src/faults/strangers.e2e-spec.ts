import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Till } from '../support/ciba.js';
import { Device } from '../support/device.js';
import { eventually } from '../support/eventually.js';
import { ACCESS_TOKEN, EXCHANGE, withEveryGrant } from '../support/every-grant.js';
import { request } from '../support/http.js';
import { sql } from './support/installation.js';
import { PrivateFleet } from './support/private-fleet.js';
import { RawNats } from './support/raw-nats.js';
import { ALL_OK, Traffic } from './support/traffic.js';

/** Every subject of the contracts that a request of the gateway comes in by. */
const CALLS = [
  ...['authorize.v1.start', 'authorize.v1.resume', 'authorize.v1.push', 'authorize.v1.page', 'authorize.v1.submit'],
  ...['authorize.v1.flow', 'authorize.v1.act', 'authorize.v1.sign-off', 'authorize.v1.idp-sign-off'],
  ...['token.v1.issue', 'token.v1.userinfo', 'token.v1.introspect', 'token.v1.revoke', 'token.v1.metadata'],
  ...['token.v1.jwks', 'device.v1.start', 'device.v1.page', 'ciba.v1.start', 'ciba.v1.page', 'ciba.v1.submit'],
  ...['ciba.v1.list', 'ciba.v1.decide'],
];
const DECIDES = ['grants.v1.decide.device-code', 'grants.v1.decide.ciba'];
/** And those between services. */
const SUBJECTS = [...CALLS, 'token.v1.allow-origin', 'token.v1.push', ...DECIDES];
const TOLD = [
  ...['grants.v1.announce.device-code', 'grants.v1.announce.ciba', 'grants.v1.announce.evil', 'grants.v1.who'],
  ...['grants.v1.refused.device-code', 'grants.v1.refused.ciba'],
];

const NONSENSE: readonly (readonly [what: string, payload: string | Buffer])[] = [
  ['nothing', ''],
  ['no JSON', '{"environmentId":'],
  ['a number', '7'],
  ['null', 'null'],
  ['a list', '[[]]'],
  ['an empty object', '{}'],
  ['depth 10 000', '['.repeat(10_000) + ']'.repeat(10_000)],
  ['depth 10 000 of objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0xc3])],
  ['a foreign prototype', '{"__proto__":{"environmentId":"faults"},"constructor":{"prototype":{"x":1}}}'],
];

describe('IN-01 strangers on the bus (distributed)', () => {
  let house: PrivateFleet;
  let traffic: Traffic;
  let stranger: RawNats;
  let device: Device;
  let device_code: string;

  beforeAll(async () => {
    house = await PrivateFleet.start({ token: 1, authorize: 1 }, withEveryGrant);
    traffic = await Traffic.prepare(house.app(), house.app('service'));
    device = new Device(house.app('console'));
    ({ device_code } = await device.start());
  }, 180_000);
  afterAll(() => house.stop());
  beforeEach(async () => {
    stranger = await RawNats.open(house.natsPort);
  });
  afterEach(async () => {
    stranger.close();
    await traffic.stop();
    expect(await traffic.untilServed()).toEqual(ALL_OK);
    // RFC 8628 §3.5: the grants beside the token service are served as well.
    expect(['authorization_pending', 'slow_down']).toContain((await device.poll({ device_code })).error);
  });

  const pids = () => house.fleet.processes.map(({ pid }) => pid);
  const frame = () => ({ requestId: 'a-request-of-a-test', deadline: Date.now() + 1_000 });
  const good = (more: Record<string, unknown> = {}) => ({
    ...{ ...frame(), environmentId: house.app().environment, receivedAt: Date.now(), method: 'GET', ip: '127.0.0.1' },
    ...{ query: {}, form: {}, cookies: {}, origin: 'https://spa.example' },
    ...more,
  });
  const troubleOf = async (subject: string, message: object) =>
    (
      JSON.parse((await stranger.ask(subject, JSON.stringify(message))) ?? '{"trouble":"silence"}') as {
        trouble?: string;
      }
    ).trouble;

  it.each(NONSENSE)(
    'IN-01 CVE-2026-102281 GHSA-96h4-vgxj-gvm2 %s: refused at every subject, and the services stay up',
    async (_what, payload) => {
      const before = pids();
      for (const subject of SUBJECTS) {
        const answer = JSON.parse((await stranger.ask(subject, payload)) ?? '0');
        expect([subject, answer]).toEqual([subject, { trouble: 'refused' }]);
      }
      for (const subject of TOLD) stranger.tell(subject, payload);
      await sleep(200);
      expect(pids()).toEqual(before);
    },
  );

  it('IN-01 fields of the wrong kind: refused at every subject', async () => {
    const wrong: Record<string, unknown>[] = [
      { environmentId: 7 },
      { environmentId: '../other' },
      { requestId: { $ne: 1 } },
      { deadline: 'never' },
      { deadline: null },
    ];
    for (const subject of SUBJECTS) {
      for (const change of wrong) {
        expect([subject, change, await troubleOf(subject, good(change))]).toEqual([subject, change, 'refused']);
      }
    }
  });

  it('IN-01 parameters of the wrong kind inside a good frame: refused or answered, never a fault', async () => {
    const odd: Record<string, unknown>[] = [
      { query: { client_id: 7 } },
      { query: { client_id: 'web' } },
      { query: { client_id: [{}] } },
      { form: { grant_type: null } },
      { form: [['grant_type']] },
      { cookies: { session: 7, browser: {} } },
      { cookies: { session: ['x'], browser: 'x' } },
      { id: 7 },
      { id: 'a'.repeat(129) },
      { action: '../x' },
      { json: 'text' },
      { fetchSite: 'evil' },
    ];
    for (const subject of CALLS) {
      for (const change of odd) {
        const trouble = await troubleOf(subject, good({ method: 'POST', ...change }));
        expect([subject, change, trouble]).toEqual([subject, change, 'refused']);
      }
    }
  });

  it('IN-01 what the gateway would never let through inside a good frame: answered, never a fault', async () => {
    const id = randomUUID();
    const odd: Record<string, unknown>[] = [
      { id: '../../x', action: 'constructor', json: { accept: { deep: [1] } } },
      { id, action: 'usernamePassword.check', json: { username: ['x'], password: 7 } },
      { id: '\u0000', action: 'approve', json: {} },
      { form: { token: ['\u0000'], client_id: ['\u0000'] } },
      { form: { scope: ['openid'.repeat(10_000)], login_hint: ['x'], request: ['a.b.c'], client_id: ['web', 'web'] } },
      { query: { user_code: ['\ud800'], id_token_hint: ['..'], state: ['x'.repeat(100_000)] } },
      { authorization: 'Basic \u0000', cookies: { session: '\u0000', browser: '\ud800' } },
    ];
    for (const subject of CALLS) {
      for (const change of odd) {
        for (const method of ['GET', 'POST']) {
          const trouble = await troubleOf(subject, good({ method, ...change }));
          expect([subject, change, trouble === undefined || trouble === 'refused' || trouble]).toEqual([
            subject,
            change,
            true,
          ]);
        }
      }
    }
  }, 180_000);

  it('IN-01 I6 a message past its deadline is not executed', async () => {
    const before = await sql(house.databaseUrl, 'SELECT id FROM flow');
    const { pathname, searchParams } = new URL(house.app().authorizeUrl());
    expect(pathname).toContain('authorize');
    const query = Object.fromEntries([...searchParams].map(([name, value]) => [name, [value]]));
    const late = await stranger.ask('authorize.v1.start', JSON.stringify(good({ query, deadline: Date.now() - 1 })));
    expect(JSON.parse(late ?? '0')).toEqual({ trouble: 'unavailable' });
    expect(await sql(house.databaseUrl, 'SELECT id FROM flow')).toEqual(before);
    const intime = await stranger.ask('authorize.v1.start', JSON.stringify(good({ query })));
    expect(JSON.parse(intime ?? '0')).toMatchObject({ reply: { kind: 'redirect' } });
  });

  it('IN-01 questions to a grant service with nothing right in them: no answer is tokens, and it stays up', async () => {
    const before = pids();
    const question = { environment: {}, client: {}, params: {}, resources: [], requestedResources: [], arrivedAt: 0 };
    const odd: Record<string, unknown>[] = [
      {},
      { params: { device_code: 'x', auth_req_id: 'x' } },
      { params: { device_code: device_code, auth_req_id: device_code }, client: { id: 'web' } },
      { environment: { id: 'other' }, client: { id: 'console' }, params: { device_code } },
      { requestedScope: '\u0000', params: { device_code } },
      { resources: [{}, null, 7], params: { device_code } },
      { arrivedAt: -1 },
      { ip: 'x'.repeat(65) },
    ];
    for (const subject of DECIDES) {
      for (const change of odd) {
        const message = { ...frame(), ip: '127.0.0.1', ...question, ...change };
        const answer = (await stranger.ask(subject, JSON.stringify(message))) ?? '{"trouble":"silence"}';
        expect([subject, change, answer.includes('authorization"')]).toEqual([subject, change, false]);
        expect(answer).not.toContain('silence');
      }
    }
    expect(pids()).toEqual(before);
  });

  it('IN-01 forged announcements: no grant of ours is taken over, and none that is switched off is shown', async () => {
    const metadata = async () => (await request(`${house.app().issuer}/.well-known/openid-configuration`)).json();
    const before = await metadata();
    const manifest = (slug: string, type: string, more: object = {}) => ({
      ...{ contract: 1, instance: randomUUID(), state: 'here' },
      manifest: { contract: 1, slug, type, clients: 'any', params: [], ...more },
    });
    const overreach = { paths: { token_endpoint: '/stolen' }, values: { issuer: 'https://evil.example' } };
    const forged: [string, object][] = [
      ['evil', manifest('evil', 'authorization_code')],
      ['evil', manifest('evil', 'refresh_token', { spends: 'refreshToken' })],
      ['evil', manifest('evil', 'urn:ietf:params:oauth:grant-type:device_code', { spends: 'deviceCode' })],
      ['evil', manifest('device-code', 'urn:ietf:params:oauth:grant-type:device_code')],
      ['evil', manifest('evil', EXCHANGE)],
      ['evil', manifest('evil', 'urn:evil:grant', { metadata: overreach })],
      ['evil', { ...manifest('evil', 'urn:evil:grant'), contract: 2 }],
      ['device-code', { contract: 1, instance: randomUUID(), state: 'leaving' }],
      ['ciba', { contract: 1, instance: randomUUID(), state: 'leaving' }],
    ];
    for (const [slug, message] of forged) stranger.tell(`grants.v1.announce.${slug}`, JSON.stringify(message));
    for (let times = 0; times < 500; times += 1) stranger.tell('grants.v1.who', '{}');
    await sleep(1_000);
    expect(await metadata()).toEqual(before);
    expect((await house.app('service').token({ grant_type: 'urn:evil:grant' })).error).toMatch(
      /^(?:unsupported_grant_type|unauthorized_client)$/,
    );
    const till = new Till(house.app('till'));
    expect((await till.poll(await till.ask())).error).toBe('authorization_pending');
    const exchange = { grant_type: EXCHANGE, subject_token: 'x', subject_token_type: ACCESS_TOKEN };
    expect((await house.app().token(exchange)).error).toBe('invalid_request');
  });

  it('IN-01 10 MB: the bus cuts the sender off, and nobody else notices', async () => {
    traffic.start();
    for (const subject of [...SUBJECTS.slice(0, 3), ...DECIDES, 'grants.v1.announce.device-code']) {
      const shouter = await RawNats.open(house.natsPort);
      expect(await shouter.ask(subject, Buffer.alloc(10_000_000, 'a'), 500)).toBeUndefined();
      shouter.close();
    }
    const { ok = 0, ...failed } = await traffic.stop();
    expect([ok > 0, failed]).toEqual([true, {}]);
    const missing = await eventually(
      () => house.missing('device-1'),
      (names) => names.length === 0,
    );
    expect(missing).toEqual([]);
  });
});
