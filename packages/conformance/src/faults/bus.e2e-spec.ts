import { setTimeout as sleep } from 'node:timers/promises';
import { ADA } from '../support/environments.js';
import { eventually } from '../support/eventually.js';
import { sql } from './support/installation.js';
import { PrivateFleet } from './support/private-fleet.js';
import { ALL_OK, type Outcome, Traffic } from './support/traffic.js';

const AWAY: Record<keyof typeof ALL_OK, Outcome> = {
  'client credentials': 'unavailable',
  userinfo: 'unavailable',
  authorize: 'unavailable',
  refresh: 'unavailable',
  discovery: 'ok',
};

describe('the bus in trouble (distributed)', () => {
  let house: PrivateFleet;
  let traffic: Traffic;

  beforeAll(async () => {
    house = await PrivateFleet.start({ token: 1, authorize: 1 });
    traffic = await Traffic.prepare(house.app(), house.app('service'));
  }, 180_000);
  afterAll(() => house.stop());
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
      const troubles = house.troublesFromNow();
      expect(await traffic.once()).toEqual(AWAY);
      // At once: nobody was waited for.
      const seen = await eventually(troubles, ({ length }) => length >= 4);
      expect(new Set(seen)).toEqual(new Set(['disconnected']));
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
  });

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
  });

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
  });
});
