import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeGrantService } from '@grantway/local-services';
import { withBank } from '../support/back-office.js';
import { type EnvironmentFile, ORDERS, SECRET } from '../support/environments.js';
import { eventually } from '../support/eventually.js';
import { type Answer, basic, postForm, request } from '../support/http.js';
import { Bank } from './support/bank.js';
import { curl } from './support/curl.js';
import { PrivateFleet } from './support/private-fleet.js';
import { Team } from './support/team.js';

const STEP_UP = 'urn:acme:params:oauth:grant-type:step-up';

/** Seconds; short, so that the end of a lease is soon. */
const [LEASE, AWAY] = [2, 4];

const withStepUp = (file: EnvironmentFile) => {
  file.grantTypes = ['authorization_code', 'refresh_token', 'client_credentials', STEP_UP];
  const web = file.clients.find(({ id }) => id === 'web') as (typeof file.clients)[0];
  const { redirectUris: _, ...plain } = web;
  file.clients.push({ ...plain, id: 'desk', grantTypes: [STEP_UP], scopes: ['orders:read', 'orders:write'] });
  file.users.push({ id: 'employee-17', username: 'hedy', password: 'some other horse battery' });
  return file;
};

type Service = Awaited<ReturnType<typeof describeGrantService>>;

describe('a team adds a grant without asking anybody (distributed), design section 5', () => {
  let house: PrivateFleet;
  let team: Team;
  let grant: Service;
  let tested: string;
  let tickets: Awaited<ReturnType<Team['tickets']>>;

  beforeAll(async () => {
    const env = { GRANT_LEASE_SECONDS: String(LEASE), GRANT_AWAY_SECONDS: String(AWAY) };
    [house, team] = await Promise.all([
      PrivateFleet.start({ device: 1, ciba: 1 }, (file) => withBank(withStepUp(file)), env, ['step-up', Bank.slug]),
      Team.found(STEP_UP),
    ]);
    // Its tests build what the grant is started from.
    tested = await team.test();
    [tickets, grant] = await Promise.all([team.tickets(), service(1)]);
  }, 420_000);
  afterAll(async () => {
    await grant?.stop();
    await Promise.all([house?.stop(), team?.disband()]);
  });

  const service = (n: number) =>
    describeGrantService({
      ...{ name: `grant-step-up-${n}`, script: team.script, ownGroup: false },
      ...{ natsUrl: house.natsUrl, seedFile: house.identities?.seedFile('grant-step-up') },
      env: { TICKET_KEY: team.ticketKey },
    });
  const discovery = async () =>
    (await request(`${house.app().issuer}/.well-known/openid-configuration`)).json<{
      grant_types_supported: string[];
    }>();
  const advertised = async () => (await discovery()).grant_types_supported.includes(STEP_UP);
  /** Whatever the test before did to it. */
  const served = async () => {
    await grant.start();
    expect(await eventually(advertised, Boolean)).toBe(true);
  };
  const ticket = (changes: object = {}) =>
    tickets.sign({
      ...{ id: randomUUID(), environment: 'faults', client: 'desk', user: 'employee-17', scope: 'orders:read' },
      ...{ expires: Date.now() + 60_000, ...changes },
    });
  const ask = (form: Record<string, string> = {}, client = 'desk') =>
    curl(`${house.app().issuer}/token`, { grant_type: STEP_UP, ticket: ticket(), ...form }, client, SECRET);
  const told = ({ status, error, headers }: Answer) =>
    [status, error, status === 503 ? (headers.get('retry-after') ?? 'without Retry-After') : ''].join(' ').trim();

  const UNKNOWN = '400 unsupported_grant_type';
  const AWAY_FOR_NOW = '503 temporarily_unavailable 1';

  it('house: what create-grant wrote passes its own tests, the proof of the contract among them', () => {
    expect(tested).toContain('The grant keeps the contract');
  });

  it('house: the sdk’s types stand by themselves, though nothing of this repository is there', async () => {
    await team.compile('--noEmit', '--skipLibCheck', 'false');
    await team.compile('--noEmit', '--exactOptionalPropertyTypes', '--noPropertyAccessFromIndexSignature');
  });

  it('I2 I4 from nothing to a token; killed: 503, then unknown; started again it is back', async () => {
    expect(await advertised()).toBe(false);
    expect(
      await eventually(
        async () => told(await ask()),
        (answer) => answer === UNKNOWN,
        AWAY + 5,
      ),
    ).toBe(UNKNOWN);

    await grant.start();
    expect(await eventually(advertised, Boolean, 2)).toBe(true);
    const used = ticket({ scope: 'orders:read orders:write' });
    const answer = await ask({ ticket: used, scope: 'orders:read' });
    expect([answer.status, answer.json()]).toEqual([
      200,
      expect.objectContaining({ token_type: 'Bearer', scope: 'orders:read', access_token: expect.any(String) }),
    ]);
    expect(claimsOf(answer)).toMatchObject({
      sub: 'employee-17',
      aud: ORDERS,
      client_id: 'desk',
      scope: 'orders:read',
    });
    expect(told(await ask({ ticket: used }))).toBe('400 invalid_grant');

    await grant.kill();
    expect(told(await ask())).toBe(AWAY_FOR_NOW);
    expect(await eventually(advertised, (is) => !is, LEASE + 3)).toBe(false);
    const answers = new Set<string>();
    const last = await eventually(
      async () => {
        const now = told(await ask());
        answers.add(now);
        return now;
      },
      (now) => now === UNKNOWN,
      LEASE + AWAY + 5,
    );
    expect([last, [...answers].filter((each) => each !== UNKNOWN && each !== AWAY_FOR_NOW)]).toEqual([UNKNOWN, []]);

    await grant.start();
    expect(await eventually(advertised, Boolean, 2)).toBe(true);
    expect((await ask()).status).toBe(200);
    // What was spent stays spent.
    expect(told(await ask({ ticket: used }))).toBe('400 invalid_grant');
  }, 270_000);

  it('X6 house: it is off for whoever has not named it', async () => {
    await served();
    expect(told(await ask({}, 'web'))).toBe('400 unauthorized_client');
    expect(told(await ask({ ticket: ticket({ client: 'web' }) }))).toBe('400 invalid_grant');
    // Why is for the log alone.
    const logged = async () => house.installation.output.some((line) => line.includes('"ticket.other_client"'));
    expect(await eventually(logged, Boolean)).toBe(true);
  });

  it('house: what it decides is counted on its own /metrics, by type and outcome', async () => {
    await served();
    const decided = async (outcome: string) => {
      const { text } = await request(`${grant.healthUrl}/metrics`);
      const counted = `grantway_grant_decision_seconds_count{grant_type="${STEP_UP}",outcome="${outcome}"} `;
      return Number(
        text
          .split('\n')
          .find((line) => line.startsWith(counted))
          ?.slice(counted.length) ?? 0,
      );
    };
    const before = [await decided('issued'), await decided('invalid_grant')] as const;
    expect(told(await ask())).toBe('200');
    expect(await decided('issued')).toBe(before[0] + 1);
    expect(told(await ask({ ticket: 'forged' }))).toBe('400 invalid_grant');
    expect([await decided('issued'), await decided('invalid_grant')]).toEqual([before[0] + 1, before[1] + 1]);
  });

  it('design §4.2 of twenty who present one ticket at once, one is served', async () => {
    await served();
    const form = { grant_type: STEP_UP, ticket: ticket() };
    const send = async () => told(await postForm(`${house.app().issuer}/token`, form, basic('desk', SECRET)));
    const answers = await Promise.all(Array.from({ length: 20 }, send));
    expect(answers.sort()).toEqual(['200', ...Array(19).fill('400 invalid_grant')]);
  });

  it('I9 two replicas are replaced one after the other under load: no request fails', async () => {
    const replicas = [await grant.start(), await (await service(2)).start()] as [Service, Service];
    const counts: Record<string, number> = {};
    let going = true;
    const asking = Array.from({ length: 16 }, async () => {
      while (going) {
        const form = { grant_type: STEP_UP, ticket: ticket() };
        const answer = told(await postForm(`${house.app().issuer}/token`, form, basic('desk', SECRET)));
        counts[answer] = (counts[answer] ?? 0) + 1;
      }
    });
    try {
      for (const replica of replicas) {
        await sleep(300);
        expect(await replica.stop()).toBe(true);
        await sleep(300);
        await replica.start();
      }
      await sleep(300);
    } finally {
      going = false;
      await Promise.all(asking);
      await replicas[1].stop();
    }
    expect(counts).toEqual({ 200: expect.any(Number) });
    expect(counts['200']).toBeGreaterThan(50);
    expect(await advertised()).toBe(true);
  }, 180_000);

  it('house: the bank’s grant, examples/transaction-approval-grant, passes its own tests', async () => {
    expect(await Bank.test()).toMatch(/^\S+ pass [1-9]\d*$/m);
  }, 180_000);

  it('RFC 8707 §2 the bank’s employee releases one transaction, once, within two minutes', async () => {
    const bank = await Bank.open(house);
    try {
      const { office } = bank;
      const release = (form: Record<string, string>) => office.release(house.app().issuer, form);
      const form = await office.approve();
      const answer = await eventually(
        () => release(form),
        ({ status }) => status === 200,
      );
      expect([answer.status, answer.error]).toEqual([200, undefined]);
      const { exp, iat, ...claims } = claimsOf(answer);
      expect(claims).toMatchObject({
        ...{ sub: 'emp-17', aud: 'https://payments.northbank.example', scope: 'payments:release' },
        ...{ acr: 'urn:northbank:acr:step-up', transaction: { id: 'tx-4711', amount: 1_250_000, currency: 'EUR' } },
      });
      expect(Number(exp) - Number(iat)).toBeLessThanOrEqual(120);
      expect(answer.json()).not.toHaveProperty('refresh_token');
      expect(told(await release(form))).toBe('400 invalid_grant');
      expect(told(await release({ ...form, approval_code: 'guessed' }))).toBe('400 invalid_grant');
      expect(told(await release(await office.approve({ state: 'withdrawn' })))).toBe('400 access_denied');
      expect(told(await release(await office.approve({ client: 'desk' })))).toBe('400 invalid_grant');
      const late = await office.approve();
      await bank.close();
      // The approval system is away, and nobody is told that a code is not good.
      expect(told(await release(late))).toBe(AWAY_FOR_NOW);
      expect(await eventually(async () => bank.saidThatItIsAway(), Boolean)).toBe(true);
    } finally {
      await bank.stop();
    }
  }, 180_000);

  it('HT-06 neither ticket nor key is in any log', async () => {
    await served();
    const shown = ticket();
    expect((await ask({ ticket: shown })).status).toBe(200);
    const log = [...house.installation.output, ...grant.lastLines()].join('\n');
    for (const secret of [shown, team.ticketKey]) expect(log).not.toContain(secret);
  });
});

/** The payload of the token; its signature is looked at elsewhere. */
function claimsOf(answer: Answer): Record<string, unknown> {
  const [, payload = ''] = answer.json<{ access_token: string }>().access_token.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
}
