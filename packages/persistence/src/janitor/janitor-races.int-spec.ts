import {
  aNewAuthorization,
  aNewCode,
  aNewSession,
  anAuthentication,
  anAuthorization,
  aTokenFamily,
  eventually,
  issueCode,
} from '@grantway/testing';
import { anAgedAuthorization, anAgedSession, insertAged } from '../../test/aged-rows.js';
import { openReplica } from '../../test/postgres-world.js';
import { type ScratchDatabase, scratchDatabase } from '../../test/scratch-database.js';
import { PartitionCare } from '../database/partition-care.js';
import { Janitor } from './janitor.js';

const CALLERS = 20;
const ROUNDS = 12;

/** Recipe 30: two janitors in a loop, and every row is due to be looked at from the moment it is made. */
describe('the janitor beside everybody else', () => {
  let scratch: ScratchDatabase;
  let replicas: ReturnType<typeof openReplica>[];
  beforeAll(async () => {
    scratch = await scratchDatabase();
    replicas = [openReplica(scratch.url), openReplica(scratch.url)];
    for (const table of ['session', 'authorization_record']) {
      await scratch.query(`ALTER TABLE ${table} ALTER COLUMN look_at SET DEFAULT '-infinity'`);
    }
  });
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.close()));
    await scratch.drop();
  });

  /** @returns what came of the work, and how many rows that were over went meanwhile */
  async function whileCleaning<Result>(work: () => Promise<Result>): Promise<{ result: Result; removed: number }> {
    let over = false;
    let removed = 0;
    const cleaning = replicas.map(async ({ database }) => {
      const janitor = new Janitor(database, new PartitionCare(database));
      while (!over) {
        await insertAged(scratch, {
          sessions: [anAgedSession()],
          authorizations: Array.from({ length: 30 }, () => anAgedAuthorization()),
        });
        // What was looked at is due again.
        await scratch.query(
          `UPDATE authorization_record SET look_at = '-infinity'
           WHERE id = ANY (ARRAY(SELECT id FROM authorization_record WHERE look_at > now() LIMIT 20 FOR UPDATE SKIP LOCKED))`,
        );
        const round = await janitor.round({ batch: 10 });
        removed += round?.authorization_record ?? 0;
      }
    });
    try {
      const result = await work();
      // A quick machine is done before the first round is.
      await eventually(async () => removed > 0, 15_000);
      return { result, removed };
    } finally {
      over = true;
      await Promise.all(cleaning);
    }
  }

  const inParallel = <Result>(one: (replica: ReturnType<typeof openReplica>) => Promise<Result>): Promise<Result[]> =>
    Promise.all(
      Array.from({ length: CALLERS }, (_, n) => one(replicas[n % replicas.length] as ReturnType<typeof openReplica>)),
    );
  const stores = () => replicas[0] as ReturnType<typeof openReplica>;
  const won = (results: readonly unknown[]) => results.filter((result) => result !== undefined);

  it('I1 of parallel redemptions one wins, and what it brought lives', async () => {
    const { result, removed } = await whileCleaning(async () => {
      const wins: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const code = await issueCode(stores(), aNewCode());
        const { id = '' } = (await stores().codes.find('acme', code)) ?? {};
        const redeemed = won(
          await inParallel(({ authorizations }) =>
            authorizations.redeem({ authorizationCode: id }, aNewAuthorization()),
          ),
        );
        wins.push(redeemed.length);
        expect(await stores().authorizations.isLive('acme', redeemed[0] as string)).toBe(true);
      }
      return wins;
    });
    expect(result).toEqual(Array(ROUNDS).fill(1));
    expect(removed).toBeGreaterThan(0);
  });

  it('RT-02 of parallel rotations one wins, generation after generation, until the family is revoked', async () => {
    const { removed } = await whileCleaning(async () => {
      const id = await stores().authorizations.record(aNewAuthorization({ family: aTokenFamily() }));
      for (let generation = 0; generation < ROUNDS; generation += 1) {
        const rotated = await inParallel(({ authorizations }) =>
          authorizations.rotate(id, generation, { grace: 0, idle: 3_600 }),
        );
        expect(won(rotated)).toEqual([generation + 1]);
      }
      const [revoked] = await Promise.all([
        stores().authorizations.revoke('acme', id),
        inParallel(({ authorizations }) => authorizations.rotate(id, ROUNDS, { grace: 0, idle: 3_600 })),
      ]);
      expect(revoked).toBeUndefined();
      expect(await stores().authorizations.isLive('acme', id)).toBe(false);
      expect(await stores().authorizations.findFamily('acme', id)).toMatchObject({ revoked: true });
    });
    expect(removed).toBeGreaterThan(0);
  });

  it('R9 a sign-off ends what is bound to it, and a person who comes back keeps their session', async () => {
    await whileCleaning(async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const { session } = await stores().sessions.create(aNewSession());
        const authorization = anAuthorization({ authentication: anAuthentication({ sessionId: session.id }) });
        const id = await stores().authorizations.record(aNewAuthorization({ authorization, offline: false }));
        expect(await stores().sessions.renew(session.id, aNewSession())).toBeDefined();
        expect(await stores().authorizations.rotate(id, 0, { grace: 0, idle: 3_600 })).toBe(1);
        await stores().sessions.end('acme', session.id);
        expect(await stores().authorizations.rotate(id, 1, { grace: 0, idle: 3_600 })).toBeUndefined();
      }
    });
  });

  it('I12 and in the end nothing that is over is left', async () => {
    const janitor = new Janitor(stores().database, new PartitionCare(stores().database));
    await scratch.query(`UPDATE authorization_record SET look_at = '-infinity'`);
    await janitor.round();
    const [{ over } = { over: Number.NaN }] = await scratch.query<{ over: number }>(
      `SELECT count(*)::int AS over FROM authorization_record WHERE created_at < now() - interval '3 days'`,
    );
    expect(over).toBe(0);
  });
});
