import {
  aNewAuthorization,
  aNewCode,
  anAuthentication,
  anAuthorization,
  eventually,
  issueCode,
} from '@grantway/testing';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { anAgedAuthorization, anAgedSession, DAY, insertAged } from '../../test/aged-rows.js';
import { openReplica } from '../../test/postgres-world.js';
import { type ScratchDatabase, scratchDatabase } from '../../test/scratch-database.js';
import { Database } from '../database/database.js';
import { NOTHING_MEASURED } from '../database/measures.js';
import { PartitionCare } from '../database/partition-care.js';
import { Janitor } from './janitor.js';

describe('Janitor', () => {
  let scratch: ScratchDatabase;
  let replica: ReturnType<typeof openReplica>;
  let janitor: Janitor;
  beforeAll(async () => {
    scratch = await scratchDatabase();
    replica = openReplica(scratch.url);
    janitor = new Janitor(replica.database, new PartitionCare(replica.database));
  });
  afterEach(async () => {
    await scratch.query('TRUNCATE session, authorization_record');
    await scratch.query('DELETE FROM environment');
  });
  afterAll(async () => {
    await replica.close();
    await scratch.drop();
  });

  const many = (count: number) => Array.from({ length: count }, () => anAgedAuthorization());
  const left = async (table: 'session' | 'authorization_record') =>
    (await scratch.query<{ id: string }>(`SELECT id FROM ${table} ORDER BY id`)).map(({ id }) => id);

  it('I12 removes all that is over, in as many batches as it takes, and tells how much it was', async () => {
    const told = new Map<string, { value: number }>();
    const series = ({ table = '' }: Readonly<Record<string, string>>) => {
      const one = told.get(table) ?? { value: 0 };
      told.set(table, one);
      return one;
    };
    const database = new Database({
      url: scratch.url,
      measures: { ...NOTHING_MEASURED, hotCounter: () => ({ series }) },
    });
    const measured = new Janitor(database, new PartitionCare(database));
    const live = anAgedAuthorization({ createdAgo: 3_600 });
    await insertAged(scratch, { sessions: [anAgedSession()], authorizations: [...many(57), live] });
    expect(await measured.round({ batch: 10 })).toEqual({ authorization_record: 57, session: 1 });
    expect(await left('authorization_record')).toEqual([live.id]);
    expect(await measured.round()).toEqual({ authorization_record: 0, session: 0 });
    expect(Object.fromEntries(told)).toEqual({ authorization_record: { value: 57 }, session: { value: 1 } });
    await database.close();
  });

  it('I12 reads no row before it may be over', async () => {
    const reads = async () => {
      const [row] = await scratch.query<{ due: number; looked_up: number; scanned: number }>(
        `SELECT sum(idx_tup_read) FILTER (WHERE indexrelname LIKE '%look_at')::int AS due,
                sum(idx_tup_read) FILTER (WHERE indexrelname LIKE '%pkey')::int AS looked_up,
                (SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname IN ('session', 'authorization_record'))::int AS scanned
         FROM pg_stat_user_indexes WHERE relname IN ('session', 'authorization_record')`,
      );
      return row as { due: number; looked_up: number; scanned: number };
    };
    // What a connection read is told when it closes.
    const filling = new pg.Client({ connectionString: scratch.url });
    await filling.connect();
    const query = async <Row extends object>(sql: string, values: unknown[] = []) =>
      (await filling.query<Row>(sql, values)).rows;
    const rows = many(3_040);
    await insertAged({ query }, { sessions: [anAgedSession()], authorizations: rows });
    await query(`UPDATE authorization_record SET look_at = now() + interval '1 hour' WHERE id <> ALL ($1)`, [
      rows.slice(0, 40).map(({ id }) => id),
    ]);
    await query('VACUUM ANALYZE authorization_record, session');
    await filling.end();
    const seen = [await reads()];
    await eventually(async () => {
      seen.push(await reads());
      return seen.at(-1)?.scanned === seen.at(-2)?.scanned;
    }, 15_000);
    const before = await reads();

    expect(await janitor.round()).toEqual({ authorization_record: 40, session: 1 });
    await eventually(async () => (await reads()).due >= before.due + 41, 15_000);
    const after = await reads();
    expect(after.scanned - before.scanned).toBe(0);
    // Each of them found once, and once more when it is removed.
    expect(after.due - before.due).toBe(41);
    expect(after.looked_up - before.looked_up).toBeLessThanOrEqual(2 * 41);
  });

  it('design §4.5 a live row is looked at again when it may be over, and not before', async () => {
    const family = { rotatedAgo: DAY, idleAgo: -5 * DAY, absoluteAgo: -90 * DAY };
    await insertAged(scratch, { authorizations: [anAgedAuthorization({ family })] });
    expect(await janitor.round()).toMatchObject({ authorization_record: 0 });
    const [row] = await scratch.query<{ days: number }>(
      `SELECT (extract(epoch FROM look_at - now()) / 86400)::float8 AS days FROM authorization_record`,
    );
    expect(row?.days).toBeGreaterThan(5.9);
    expect(row?.days).toBeLessThan(6);
  });

  it('I12 of all processes one works at a time', async () => {
    await insertAged(scratch, { authorizations: many(5) });
    await scratch.query(`SELECT pg_advisory_lock(hashtextextended('grantway_janitor', 0))`);
    expect(await janitor.round()).toBeUndefined();
    expect(await left('authorization_record')).toHaveLength(5);
    await scratch.query('SELECT pg_advisory_unlock_all()');
    expect(await janitor.round()).toMatchObject({ authorization_record: 5 });
  });

  it('catalogue 4.4 cut off in the middle it resumes, and nothing live is missing', async () => {
    const live = Array.from({ length: 50 }, () => anAgedAuthorization({ createdAgo: 3_600 }));
    await insertAged(scratch, { authorizations: [...many(3_000), ...live] });
    const cut = janitor.round({ batch: 20 }).catch((error: unknown) => error);
    await eventually(async () => (await left('authorization_record')).length < 3_000, 15_000);
    await scratch.terminate('grantway-janitor');
    expect(await cut).toBeInstanceOf(Error);
    const between = (await left('authorization_record')).length;
    expect(between).toBeGreaterThan(50);
    expect(await janitor.round()).toMatchObject({ authorization_record: between - 50 });
    expect(await left('authorization_record')).toEqual(live.map(({ id }) => id).toSorted());
  });

  it('house: waits for nobody’s row; it goes the next time', async () => {
    const [held] = many(1);
    await insertAged(scratch, { authorizations: [...many(9), held as ReturnType<typeof anAgedAuthorization>] });
    await scratch.query('BEGIN');
    await scratch.query('SELECT FROM authorization_record WHERE id = $1 FOR UPDATE', [held?.id]);
    expect(await janitor.round()).toMatchObject({ authorization_record: 9 });
    await scratch.query('COMMIT');
    expect(await janitor.round()).toMatchObject({ authorization_record: 1 });
  });

  it('house: what was exchanged goes before what it came of', async () => {
    const [root, derived] = [anAgedAuthorization(), anAgedAuthorization({ createdAgo: 3_600 })];
    await insertAged(scratch, { authorizations: [root, { ...derived, derivedFrom: root.id }] });
    expect(await janitor.round()).toMatchObject({ authorization_record: 0 });
    expect(await replica.authorizations.isLive('acme', derived.id)).toBe(true);
    await scratch.query(
      `UPDATE authorization_record SET created_at = created_at - interval '3 days', look_at = '-infinity'`,
    );
    expect(await janitor.round()).toMatchObject({ authorization_record: 1 });
    await scratch.query(`UPDATE authorization_record SET look_at = '-infinity'`);
    expect(await janitor.round()).toMatchObject({ authorization_record: 1 });
  });

  describe('a session', () => {
    const bound = (sessionId: string) =>
      anAgedAuthorization({
        sessionId,
        offline: false,
        family: { rotatedAgo: 3_600, idleAgo: -DAY, absoluteAgo: -DAY },
      });
    const rotates = (id: string) => replica.authorizations.rotate(id, 3, { grace: 0, idle: 3_600 });

    it('R9 that merely expired stays while a family ends with its sign-off', async () => {
      const session = anAgedSession();
      const family = bound(session.id);
      await insertAged(scratch, { sessions: [session], authorizations: [family] });
      expect(await janitor.round()).toEqual({ authorization_record: 0, session: 0 });
      expect(await rotates(family.id)).toBe(4);
      await replica.authorizations.revoke('acme', family.id);
      await scratch.query(
        `UPDATE authorization_record SET revoked_at = now() - interval '2 days', look_at = '-infinity'`,
      );
      await scratch.query(`UPDATE session SET look_at = '-infinity'`);
      expect(await janitor.round()).toEqual({ authorization_record: 1, session: 1 });
    });

    it('R9 that was signed off may go, and no family of it comes to life again', async () => {
      const session = anAgedSession({ endedAgo: 4 * DAY });
      const family = bound(session.id);
      await insertAged(scratch, { sessions: [session], authorizations: [family] });
      expect(await janitor.round()).toEqual({ authorization_record: 0, session: 1 });
      expect(await rotates(family.id)).toBeUndefined();
      expect(await replica.authorizations.isLive('acme', family.id)).toBe(false);
    });

    it('R9 LO-03 that was just signed off is there for the codes of its time', async () => {
      const session = anAgedSession({ idleAgo: -DAY, absoluteAgo: -DAY });
      await insertAged(scratch, { sessions: [session] });
      const authorization = anAuthorization({ authentication: anAuthentication({ sessionId: session.id }) });
      const code = await issueCode(replica, aNewCode({ authorization }));
      const { id = '' } = (await replica.codes.find('acme', code)) ?? {};
      await replica.sessions.end('acme', session.id);
      await scratch.query(`UPDATE session SET look_at = '-infinity'`);
      expect(await janitor.round()).toMatchObject({ session: 0 });
      const made = aNewAuthorization({ authorization, offline: false });
      expect(await replica.authorizations.redeem({ authorizationCode: id }, made)).toBeUndefined();
    });

    it('R9 stays where old codes could not be dropped', async () => {
      await insertAged(scratch, { sessions: [anAgedSession()], authorizations: many(1) });
      await scratch.query(
        `CREATE TABLE flow_p20200101 PARTITION OF flow
         FOR VALUES FROM (grantway_uuid_floor('2020-01-01 UTC')) TO (grantway_uuid_floor('2020-01-02 UTC'))`,
      );
      await scratch.query('BEGIN');
      await scratch.query('SELECT FROM flow');
      expect(await janitor.round()).toEqual({ authorization_record: 1, session: 0 });
      await scratch.query('COMMIT');
      expect(await janitor.round()).toEqual({ authorization_record: 0, session: 1 });
    });
  });

  it('house: tokens of a resource may live for a month, also those issued before it was shortened', async () => {
    await scratch.query(
      `INSERT INTO environment (id, name, enabled, grant_types, pkce, signing, lifetimes, password_change_ends_refresh)
       VALUES ('acme', 'Acme', true, '{}', 'public', '{}', '{}', true)`,
    );
    await scratch.query(
      `INSERT INTO resource (environment_id, name, audience, scopes, access_token_lifetime, origin)
       VALUES ('acme', 'orders', 'https://orders.example', '{}', 2592000, 'file')`,
    );
    const longest = () => scratch.query('SELECT longest_token FROM environment');
    expect(await longest()).toEqual([{ longest_token: 2_592_000 }]);
    await scratch.query('UPDATE resource SET access_token_lifetime = 300');
    await scratch.query('DELETE FROM resource');
    expect(await longest()).toEqual([{ longest_token: 2_592_000 }]);
    const [within, over] = [
      anAgedAuthorization({ createdAgo: 30 * DAY }),
      anAgedAuthorization({ createdAgo: 32 * DAY }),
    ];
    await insertAged(scratch, { authorizations: [within, over] });
    await janitor.round();
    expect(await left('authorization_record')).toEqual([within.id]);
  });

  it('I15 begins by itself, and goes on after an error', async () => {
    const failed = async () => {
      const [row] = await scratch.query<{ times: number }>(
        'SELECT xact_rollback::int AS times FROM pg_stat_database WHERE datname = current_database()',
      );
      return row?.times ?? Number.NaN;
    };
    const before = await failed();
    await scratch.query('ALTER TABLE session RENAME COLUMN look_at TO away');
    const begun = new Janitor(replica.database, new PartitionCare(replica.database));
    begun.start({ first: 10, between: 50 });
    try {
      await eventually(async () => (await failed()) > before, 15_000);
      await scratch.query('ALTER TABLE session RENAME COLUMN away TO look_at');
      await insertAged(scratch, { sessions: [anAgedSession({ id: uuidv7() })] });
      await eventually(async () => (await left('session')).length === 0, 15_000);
    } finally {
      await begun.stop();
    }
  });
});
