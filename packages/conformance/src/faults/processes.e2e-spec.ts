import { setTimeout as sleep } from 'node:timers/promises';
import { ADA } from '../support/environments.js';
import { eventually } from '../support/eventually.js';
import { sql } from './support/installation.js';
import { PrivateFleet } from './support/private-fleet.js';
import { ALL_OK, outcomeOf, Traffic } from './support/traffic.js';

describe('processes that die, freeze and leave (distributed)', () => {
  let house: PrivateFleet;
  let traffic: Traffic;

  beforeAll(async () => {
    house = await PrivateFleet.start();
    traffic = await Traffic.prepare(house.app(), house.app('service'));
  }, 180_000);
  afterAll(() => house.stop());
  afterEach(async () => {
    await traffic.stop();
    // I15: whatever was broken, nobody restarts anything by hand afterwards.
    expect(await traffic.untilServed()).toEqual(ALL_OK);
  });

  /** One request of each kind and why the gateway had no answer, as soon as the bus has noticed who is gone. */
  const onceNobodyIsWaitedFor = () =>
    eventually(
      async () => {
        const troubles = house.troublesFromNow();
        return { outcomes: await traffic.once(), troubles: new Set(await troubles()) };
      },
      ({ troubles }) => troubles.size === 1 && troubles.has('no_responders'),
    );

  it.each(['token-1', 'token-2', 'authorize-1', 'authorize-2'])(
    'I2 I4 I15 kill -9 of %s under load: only 503 or resets for what it held, and after its restart all is well',
    async (name) => {
      traffic.start();
      await sleep(300);
      await house.fleet.process(name).kill();
      await sleep(800);
      await house.fleet.process(name).start();
      const { ok = 0, unavailable = 0, reset = 0, ...never } = await traffic.stop();
      expect(never).toEqual({});
      // One request of each kind was in flight; the replica took over the rest.
      expect(unavailable + reset).toBeLessThanOrEqual(10);
      expect(ok).toBeGreaterThan(30);
    },
  );

  it('I4 I15 kill -9 of the only gateway: connections are cut, nothing else; after its restart all is well', async () => {
    traffic.start();
    await sleep(300);
    await house.fleet.process('gateway-1').kill();
    await sleep(300);
    await house.fleet.process('gateway-1').start();
    await sleep(300);
    const { ok = 0, reset = 0, ...never } = await traffic.stop();
    expect(never).toEqual({});
    expect([ok > 0, reset > 0]).toEqual([true, true]);
  });

  it('I9 SIGTERM of each process in turn, with a replica beside it: not one request fails', async () => {
    traffic.start();
    for (const { name } of [...house.named('token'), ...house.named('authorize')]) {
      await sleep(200);
      expect([name, await house.fleet.process(name).stop()]).toEqual([name, true]);
      await sleep(200);
      await house.fleet.process(name).start();
    }
    await sleep(200);
    const { ok = 0, ...failed } = await traffic.stop();
    expect(failed).toEqual({});
    expect(ok).toBeGreaterThan(30);
  });

  it('I4 recipe 5 no replica of the token service: 503 at once with Retry-After; authorization and metadata are served', async () => {
    await Promise.all(house.named('token').map((each) => each.kill()));
    try {
      expect(await onceNobodyIsWaitedFor()).toEqual({
        outcomes: {
          'client credentials': 'unavailable',
          userinfo: 'unavailable',
          refresh: 'unavailable',
          authorize: 'ok',
          discovery: 'ok',
        },
        troubles: new Set(['no_responders']),
      });
    } finally {
      await Promise.all(house.named('token').map((each) => each.start()));
    }
  });

  it('I4 recipe 5 no replica of the authorization service: a 503 page at once; tokens are served', async () => {
    await Promise.all(house.named('authorize').map((each) => each.kill()));
    try {
      expect(await onceNobodyIsWaitedFor()).toEqual({
        outcomes: { ...ALL_OK, authorize: 'unavailable' },
        troubles: new Set(['no_responders']),
      });
    } finally {
      await Promise.all(house.named('authorize').map((each) => each.start()));
    }
  });

  it('I1 I6 recipe 4 the token service stands still beyond the deadline: what timed out has no later effect', async () => {
    const strict = house.app('strict');
    const { refresh_token } = await strict.tokens(ADA);
    const code = await strict.code(ADA);
    const records = () =>
      sql<{ id: string; generation: number }>(
        house.databaseUrl,
        'SELECT id, generation FROM authorization_record ORDER BY id',
      );
    const before = await records();
    const pids = house.named('token').map(({ pid }) => pid as number);
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    try {
      const outcomes = await Promise.all([outcomeOf(strict.redeem(code)), outcomeOf(strict.refresh(refresh_token))]);
      expect(outcomes).toEqual(['unavailable', 'unavailable']);
      await sleep(500);
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT');
    }
    await sleep(500);
    expect(await records()).toEqual(before);
    // Neither was spent, though this client has no grace: both work now, once.
    const [redeemed, refreshed] = [await strict.redeem(code), await strict.refresh(refresh_token)];
    expect([redeemed.status, refreshed.status]).toEqual([200, 200]);
    expect((await strict.redeem(code)).error).toBe('invalid_grant');
  });
});
