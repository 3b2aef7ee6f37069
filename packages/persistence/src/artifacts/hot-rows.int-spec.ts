import { aNewAuthorization, aNewSession, aTokenFamily, eventually } from '@grantway/testing';
import { openReplica } from '../../test/postgres-world.js';
import { type ScratchDatabase, scratchDatabase } from '../../test/scratch-database.js';

/** What rows cost: design section 4.3 and the session's idle limit, seen in PostgreSQL's own statistics. */
describe('rows that are updated in place', () => {
  let scratch: ScratchDatabase;
  beforeAll(async () => {
    scratch = await scratchDatabase();
  });
  afterAll(async () => {
    await scratch.drop();
  });

  /** Statistics arrive when a connection closes, so the replica is closed before they are read. */
  async function updatesOf(table: string, expected: number): Promise<{ updates: number; hot: number }> {
    let seen = { updates: 0, hot: 0 };
    await eventually(async () => {
      const [row] = await scratch.query<{ updates: number; hot: number }>(
        `SELECT n_tup_upd::int AS updates, n_tup_hot_upd::int AS hot FROM pg_stat_user_tables WHERE relname = $1`,
        [table],
      );
      seen = row ?? seen;
      return seen.updates >= expected;
    }, 15_000);
    return seen;
  }

  it('design §4.3 a rotation is a HOT update of one row, and no index grows', async () => {
    const replica = openReplica(scratch.url, 1);
    const made = aNewAuthorization({ family: aTokenFamily({ idle: 3600 }) });
    const id = await replica.authorizations.record(made);
    const size = () => scratch.query(`SELECT pg_indexes_size('authorization_record')::int AS bytes`);
    const before = await size();

    for (let generation = 0; generation < 500; generation++) {
      expect(await replica.authorizations.rotate(id, generation, { grace: 0, idle: 3600 })).toBe(generation + 1);
    }
    await replica.close();

    // Now and then a page has no room until the versions before are out of everybody's sight; an indexed column would make it none.
    const { updates, hot } = await updatesOf('authorization_record', 500);
    expect(updates).toBe(500);
    expect(hot).toBeGreaterThan(450);
    expect(await size()).toEqual(before);
    expect(await scratch.query('SELECT count(*)::int AS rows FROM authorization_record')).toEqual([{ rows: 1 }]);
  });

  it('house: a busy browser writes its idle limit once a minute', async () => {
    const replica = openReplica(scratch.url, 1);
    const { handle } = await replica.sessions.create(aNewSession({ idle: 28_800 }));
    const use = (): Promise<unknown> => replica.sessions.find('acme', handle, 28_800);
    for (let time = 0; time < 20; time++) await use();
    await scratch.query(`UPDATE session SET idle_expires_at = idle_expires_at - interval '61 seconds'`); // one
    for (let time = 0; time < 20; time++) await use(); // and one more
    await replica.close();
    expect(await updatesOf('session', 2)).toMatchObject({ updates: 2 });
  });
});
