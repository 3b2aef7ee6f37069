import { setTimeout as sleep } from 'node:timers/promises';
import { ADA } from '../support/environments.js';
import { eventually } from '../support/eventually.js';
import { sql } from './support/installation.js';
import { DEADLINE, PrivateFleet } from './support/private-fleet.js';
import { RawNats } from './support/raw-nats.js';
import { ALL_OK, type Outcome, Traffic } from './support/traffic.js';

const AWAY: Record<keyof typeof ALL_OK, Outcome> = {
  'client credentials': 'unavailable',
  userinfo: 'unavailable',
  authorize: 'unavailable',
  refresh: 'unavailable',
  discovery: 'ok',
};

/** Every subject of the contracts. */
const SUBJECTS = [
  ...['authorize.v1.start', 'authorize.v1.resume', 'authorize.v1.page', 'authorize.v1.submit'],
  ...['token.v1.issue', 'token.v1.userinfo', 'token.v1.metadata', 'token.v1.jwks', 'token.v1.allow-origin'],
];

describe('the bus in trouble, and strangers on it (distributed)', () => {
  let house: PrivateFleet;
  let traffic: Traffic;

  beforeAll(async () => {
    house = await PrivateFleet.start({ token: 1, authorize: 1 });
    traffic = await Traffic.prepare(house.app(), house.app('service'));
  }, 60_000);
  afterAll(() => house.stop(), 30_000);
  afterEach(async () => {
    await traffic.stop();
    expect(await traffic.untilServed()).toEqual(ALL_OK);
  });

  it('I4 I15 recipe 6 nats-server killed: 503 at once, metadata from memory; started again: served, with no hand on anything', async () => {
    expect(await traffic.once()).toEqual(ALL_OK);
    await house.killNats();
    try {
      await eventually(
        () => house.missing('gateway-1'),
        (missing) => missing.includes('bus'),
      );
      const began = Date.now();
      expect(await traffic.once()).toEqual(AWAY);
      expect(Date.now() - began).toBeLessThan(DEADLINE);
      expect(await house.missing('token-1')).toContain('bus');
    } finally {
      await house.startNats();
    }
    expect(await traffic.untilServed()).toEqual(ALL_OK);
    expect(
      await eventually(
        () => house.missing('token-1'),
        (missing) => missing.length === 0,
      ),
    ).toEqual([]);
  }, 30_000);

  it('I4 recipe 6 killed and started under load: 503 for what was under way, nothing else', async () => {
    traffic.start();
    for (let rounds = 0; rounds < 2; rounds += 1) {
      await sleep(400);
      await house.killNats();
      await house.startNats();
      await eventually(
        async () => traffic.outcomes.at(-1)?.outcome,
        (outcome) => outcome === 'ok',
      );
    }
    const { ok = 0, unavailable = 0, ...never } = await traffic.stop();
    expect(never).toEqual({});
    expect([ok > 0, unavailable > 0]).toEqual([true, true]);
  }, 30_000);

  it('I4 I6 recipe 7 frozen: 503 by the deadline, and what waited in it has no effect when it goes on', async () => {
    const strict = house.app('strict');
    const code = await strict.code(ADA);
    const records = async () =>
      (await sql<{ n: string }>(house.databaseUrl, 'SELECT count(*) AS n FROM authorization_record'))[0]?.n;
    const before = await records();
    const thaw = house.freezeNats();
    try {
      const [outcomes, answer] = await Promise.all([traffic.once(), strict.redeem(code)]);
      expect(outcomes).toEqual(AWAY);
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    } finally {
      thaw();
    }
    await sleep(500);
    expect(await records()).toBe(before);
    expect(await traffic.untilServed()).toEqual(ALL_OK);
    expect((await strict.redeem(code)).status).toBe(200);
  }, 30_000);

  describe('IN-01 messages nobody of ours would send', () => {
    let stranger: RawNats;
    beforeEach(async () => {
      stranger = await RawNats.open(house.natsPort);
    });
    afterEach(() => stranger.close());

    const pids = () => house.fleet.processes.map(({ pid }) => pid);
    const good = (more: Record<string, unknown> = {}) => ({
      ...{ environmentId: house.app().environment, requestId: 'a-request-of-a-test', deadline: Date.now() + 1_000 },
      ...{
        receivedAt: Date.now(),
        method: 'GET',
        ip: '127.0.0.1',
        query: {},
        form: {},
        cookies: {},
        origin: 'https://spa.example',
      },
      ...more,
    });

    it.each([
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
    ])(
      'IN-01 CVE-2026-102281 GHSA-96h4-vgxj-gvm2 %s: refused at every subject, and the services stay up',
      async (_what, payload) => {
        const before = pids();
        for (const subject of SUBJECTS)
          expect(JSON.parse((await stranger.ask(subject, payload)) ?? '0')).toEqual({ trouble: 'refused' });
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
          const answer = await stranger.ask(subject, JSON.stringify(good(change)));
          expect([subject, change, JSON.parse(answer ?? '0')]).toEqual([subject, change, { trouble: 'refused' }]);
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
      ];
      for (const subject of SUBJECTS.filter((name) => name !== 'token.v1.allow-origin')) {
        for (const change of odd) {
          const answer = await stranger.ask(subject, JSON.stringify(good({ method: 'POST', ...change })));
          const said = JSON.parse(answer ?? '{"trouble":"silence"}') as { trouble?: string };
          expect([subject, JSON.stringify(change), said.trouble ?? 'refused']).toEqual([
            subject,
            JSON.stringify(change),
            'refused',
          ]);
        }
      }
    });

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

    it('IN-01 10 MB: the bus cuts the sender off, and nobody else notices', async () => {
      traffic.start();
      for (const subject of SUBJECTS.slice(0, 3)) {
        const shouter = await RawNats.open(house.natsPort);
        expect(await shouter.ask(subject, Buffer.alloc(10_000_000, 'a'), 500)).toBeUndefined();
        shouter.close();
      }
      const { ok = 0, ...failed } = await traffic.stop();
      expect([ok > 0, failed]).toEqual([true, {}]);
    }, 20_000);
  });
});
