import { decodeJwt } from 'jose';
import pg from 'pg';
import type { App, Tokens } from './support/app.js';
import { burst } from './support/burst.js';
import { Storage } from './support/database.js';
import { Tenant } from './support/environments.js';
import { eventually } from './support/eventually.js';
import { Families, idOf } from './support/families.js';
import type { Answer } from './support/http.js';
import { SignedOn } from './support/signed-on.js';
import { target } from './support/target.js';
import { expectJsonError } from './support/verdict.js';

describe('refresh tokens: races, catalogue RT-02', () => {
  const storage = new Storage();
  const families = new Families(storage);
  let tenant: Tenant;
  let graceful: SignedOn;
  let graceless: SignedOn;

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      const [shop] = file.clients as [(typeof file.clients)[0]];
      file.clients.push(
        { ...shop, id: 'graceful', refresh: { grace: 10 } },
        { ...shop, id: 'graceless', refresh: { grace: 0 } },
      );
    });
    graceful = new SignedOn(tenant.app('graceful'));
    graceless = new SignedOn(tenant.app('graceless'));
  });

  afterAll(() => storage.close());

  const refreshing = (app: App, token: string, callers: number) => burst(callers, () => app.refresh(token));

  /** Exactly one winner, every loser told invalid_grant, and the family lives on in the winner's hands. */
  async function expectOneWinner(app: App, token: string, answers: Answer[]): Promise<void> {
    const winners = answers.filter(({ status }) => status === 200);
    const losers = answers.filter((answer) => answer.status === 400 && answer.error === 'invalid_grant');
    expect([winners.length, losers.length]).toEqual([1, answers.length - 1]);
    expect(await families.of(token)).toMatchObject({ generation: 1, revoked: false });
    const { access_token, refresh_token } = (winners[0] as Answer).json<Tokens>();
    expect((await app.userInfo(access_token)).status).toBe(200);
    expect((await app.refresh(refresh_token)).status).toBe(200);
  }

  it('RT-02 X12 CVE-2026-1035 CVE-2026-53517 CVE-2026-50631 ory/hydra #1831 100 parallel refreshes at grace 0: one 200, 99 invalid_grant, the family alive', async () => {
    const { refresh_token } = await graceless.tokens();
    await expectOneWinner(graceless.app, refresh_token, await refreshing(graceless.app, refresh_token, 100));
  });

  it('RT-02 CVE-2026-1035 the same with a pause between read and write: the row is held while 20 requests have read it', async () => {
    const { refresh_token } = await graceless.tokens();
    const holder = new pg.Client({ connectionString: target.databaseUrl });
    await holder.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT 1 FROM authorization_record WHERE id = $1::uuid FOR UPDATE', [idOf(refresh_token)]);
      const answers = refreshing(graceless.app, refresh_token, 20);
      await waitForWriters(5);
      await holder.query('COMMIT');
      await expectOneWinner(graceless.app, refresh_token, await answers);
    } finally {
      await holder.end();
    }
  });

  it('RT-02 R4 ory/hydra #3004 #3604 100 parallel refreshes at grace 10: every answer 200, all with the same successor', async () => {
    const { refresh_token } = await graceful.tokens();
    const answers = await refreshing(graceful.app, refresh_token, 100);
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 200));
    const successors = new Set(answers.map((answer) => answer.json<Tokens>().refresh_token));
    expect(successors.size).toBe(1);
    expect(new Set(answers.map((answer) => decodeJwt(answer.json<Tokens>().access_token).jti)).size).toBe(100);
    expect(await families.of(refresh_token)).toMatchObject({ generation: 1, revoked: false });
    const [successor = ''] = successors;
    expect((await graceful.app.refresh(successor)).status).toBe(200);
    expectJsonError(await graceful.app.refresh(refresh_token), 400, 'invalid_grant', refresh_token);
  });

  it('RT-02 I1 a family refreshed by two hasty callers for ten rounds never forks', async () => {
    let { refresh_token } = await graceful.tokens();
    for (let round = 1; round <= 10; round += 1) {
      const answers = await refreshing(graceful.app, refresh_token, 2);
      const successors = new Set(answers.map((answer) => answer.json<Tokens>().refresh_token));
      expect([round, successors.size]).toEqual([round, 1]);
      refresh_token = [...successors][0] as string;
    }
    expect((await families.of(refresh_token)).generation).toBe(10);
  });

  it('CO-02 RT-01 redemption and replay against refresh: whoever wins, nothing of a replayed code survives', async () => {
    const code = await graceless.code();
    const { refresh_token } = (await graceless.app.redeem(code)).json<Tokens>();
    await storage.rows(`UPDATE authorization_code SET spent_at = spent_at - interval '5 s' WHERE id = $1::uuid`, [
      idOf(code),
    ]);
    const redeeming = graceless.app.redeem(code);
    const refreshed = await refreshing(graceless.app, refresh_token, 5);
    expectJsonError(await redeeming, 400, 'invalid_grant', code);
    for (const answer of refreshed.filter(({ status }) => status === 200)) {
      const tokens = answer.json<Tokens>();
      expectJsonError(await graceless.app.refresh(tokens.refresh_token), 400, 'invalid_grant', tokens.refresh_token);
      expectJsonError(await graceless.app.userInfo(tokens.access_token), 401, 'invalid_token');
    }
  });

  /** Until that many of the installation's connections wait for a row another transaction holds. */
  async function waitForWriters(count: number): Promise<void> {
    const waiting = async () => {
      const [row] = await storage.rows<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ~ 'authorization_record'`,
      );
      return row?.n ?? 0;
    };
    expect(await eventually(waiting, (found) => found >= count)).toBeGreaterThanOrEqual(count);
  }
});
