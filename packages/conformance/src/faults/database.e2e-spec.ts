import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { ADA } from '../support/environments.js';
import { eventually } from '../support/eventually.js';
import { Person } from '../support/person.js';
import { sql } from './support/installation.js';
import { PrivateFleet } from './support/private-fleet.js';
import { ALL_OK, type Outcome, outcomeOf, Traffic } from './support/traffic.js';

/** What the doors that need the database say while it is away; metadata is remembered. */
const AWAY: Record<keyof typeof ALL_OK, Outcome> = {
  'client credentials': 'unavailable',
  userinfo: 'unavailable',
  authorize: 'unavailable',
  refresh: 'unavailable',
  discovery: 'ok',
};

describe('PostgreSQL in trouble (distributed)', () => {
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

  /** I4: what is wrong, and would be refused with the database there, is not judged without it. */
  async function expectNoVerdicts({ code, refresh_token }: { code: string; refresh_token: string }): Promise<void> {
    const app = house.app();
    const person = new Person(app.baseUrl);
    person.setCookie(`ST-${app.environment}`, wrongSecret(code).replace('gwac_', 'gwst_'));
    const sendings = [
      app.redeem(wrongSecret(code)),
      app.refresh(wrongSecret(refresh_token)),
      person.get(app.authorizeUrl({ prompt: 'none' })),
      person.get(`${app.baseUrl}/${app.environment}/signon?flowId=01a1fbeb-9db4-73cd-80df-d030427e036d`),
      person.get(`${app.issuer}/resume?flowId=01a1fbeb-9db4-73cd-80df-d030427e036d`),
    ];
    const outcomes = await Promise.all(sendings.map((sending) => outcomeOf(sending, () => false)));
    expect(outcomes.filter((outcome) => outcome !== 'unavailable')).toEqual([]);
  }

  it('IR-04 CVE-2020-15223 ory/hydra #1928 stopped: 503 with Retry-After everywhere, never a verdict; back by itself, true state unchanged', async () => {
    const strict = house.app('strict');
    const { access_token, refresh_token } = await strict.tokens(ADA);
    const code = await strict.code(ADA);
    await house.stopPostgres();
    try {
      expect(await traffic.once()).toEqual(AWAY);
      await expectNoVerdicts({ code, refresh_token });
      const sendings = [strict.redeem(code), strict.refresh(refresh_token), strict.userInfo(access_token)];
      const held = await Promise.all(sendings.map((sending) => outcomeOf(sending)));
      expect(held).toEqual(['unavailable', 'unavailable', 'unavailable']);
      const missing = await eventually(
        () => house.missing('token-1'),
        (names) => names.includes('database'),
      );
      expect(missing).toContain('database');
      expect((await fetch(`${house.fleet.process('token-1').healthUrl}/healthz`)).status).toBe(200);
    } finally {
      await house.startPostgres();
    }
    expect(await traffic.untilServed()).toEqual(ALL_OK);
    expect(
      await eventually(
        () => house.missing('token-1'),
        (missing) => missing.length === 0,
      ),
    ).toEqual([]);
    expect((await strict.userInfo(access_token)).status).toBe(200);
    expect([(await strict.redeem(code)).status, (await strict.refresh(refresh_token)).status]).toEqual([200, 200]);
  }, 120_000);

  it('I2 I4 recipe 9 killed under load and started again: only 503 meanwhile, and what was issued is good', async () => {
    traffic.start();
    await sleep(300);
    await house.killPostgres();
    await sleep(500);
    await house.startPostgres();
    await eventually(
      async () => traffic.outcomes.at(-1)?.outcome,
      (outcome) => outcome === 'ok',
    );
    await sleep(500);
    const { ok = 0, unavailable = 0, ...never } = await traffic.stop();
    expect(never).toEqual({});
    expect([ok > 0, unavailable > 0]).toEqual([true, true]);
  }, 120_000);

  it('I4 recipe 10 frozen with its connections open: 503 by the deadline; goes on when it does', async () => {
    const thaw = await house.freezePostgres();
    try {
      const { 'client credentials': service, ...others } = await traffic.once();
      expect(others).toMatchObject({
        userinfo: 'unavailable',
        authorize: 'unavailable',
        refresh: 'unavailable',
        discovery: 'ok',
      });
      // It may do with what is remembered of the client, until the silence is noticed.
      expect(['ok', 'unavailable']).toContain(service);
    } finally {
      thaw();
    }
  });

  it('I4 recipe 11 every connection cut again and again: only success or 503', async () => {
    traffic.start();
    let cut = 0;
    for (let rounds = 0; rounds < 12; rounds += 1) {
      await sleep(150);
      const terminated = await sql<{ gone: boolean }>(
        house.databaseUrl,
        `SELECT pg_terminate_backend(pid) AS gone FROM pg_stat_activity WHERE application_name LIKE 'grantway%'`,
      );
      cut += terminated.length;
    }
    const { ok = 0, unavailable = 0, ...never } = await traffic.stop();
    expect(never).toEqual({});
    expect([cut > 12, ok > 0]).toEqual([true, true]);
    expect(unavailable).toBeLessThan(ok);
  });

  it('I4 recipe 12 a lock on a hot table: 503 for what needs it, and everything else is served', async () => {
    const release = await lock('authorization_record');
    try {
      expect(await traffic.once()).toEqual({ ...ALL_OK, refresh: 'unavailable', userinfo: 'unavailable' });
    } finally {
      await release();
    }
  });

  it('I14 SE-01 while its counters do not answer nobody may guess: the sign-on form says 503, right or wrong', async () => {
    const app = house.app();
    const person = new Person(app.baseUrl);
    const page = await person.follow(app.authorizeUrl());
    const release = await lock('attempt_counter');
    try {
      const tries = [ADA.password, 'wrong'].map((password) => person.signOn(page, ADA.username, password));
      expect(await Promise.all(tries.map((sending) => outcomeOf(sending, () => false)))).toEqual([
        'unavailable',
        'unavailable',
      ]);
      expect(person.cookie(`ST-${app.environment}`)).toBeUndefined();
    } finally {
      await release();
    }
  });

  /** Holds a table against everybody. @returns what lets it go */
  async function lock(table: string): Promise<() => Promise<void>> {
    const holder = new pg.Client({ connectionString: house.databaseUrl });
    await holder.connect();
    await holder.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    return async () => {
      await holder.query('ROLLBACK');
      await holder.end();
    };
  }
});

/** The same handle in every respect but its secret. */
function wrongSecret(handle: string): string {
  return `${handle.slice(0, -5)}AAAAA`;
}
