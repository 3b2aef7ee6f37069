import { eventually } from '@grantway/testing';
import { type ScratchDatabase, scratchDatabase } from '../../test/scratch-database.js';
import { Database } from './database.js';
import { PartitionCare } from './partition-care.js';

describe('PartitionCare', () => {
  let scratch: ScratchDatabase;
  let database: Database;
  beforeEach(async () => {
    scratch = await scratchDatabase();
    database = new Database({ url: scratch.url, poolSize: 4 });
  });
  afterEach(async () => {
    await database.close();
    await scratch.drop();
  });

  const partitions = async (table = 'flow') =>
    (
      await scratch.query<{ name: string }>(
        `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1`,
        [table],
      )
    ).map(({ name }) => name);
  /** A flow as it would be begun so many days from now, at the very first or last millisecond of that day (UTC). */
  const beginFlow = (days: number, at: 'start' | 'end') =>
    scratch.query(
      `INSERT INTO flow (id, environment_id, status, request, browser_hash, expires_at)
       SELECT overlay(grantway_uuid_floor(moment)::text PLACING '7abc-8000-000000000001' FROM 15)::uuid,
              'acme', 'COMPLETED', '{}', '', now()
       FROM (SELECT (date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC') + make_interval(days => $1)
                    + CASE $2 WHEN 'end' THEN interval '1 day' - interval '1 ms' ELSE interval '0' END AS moment) AS day
       RETURNING tableoid::regclass::text AS partition, id`,
      [days, at],
    );

  it('house: a new database is ready for today and tomorrow, and for a replica whose clock is behind', async () => {
    const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');
    expect(await partitions()).toContain(`flow_p${today}`);
    for (const day of [-1, 0, 1, 2, 3]) {
      const [first] = await beginFlow(day, 'start');
      const [last] = await beginFlow(day, 'end');
      expect(first).toMatchObject({ partition: (last as { partition: string }).partition });
    }
  });

  it('house: makes what is missing, once, however many replicas try', async () => {
    await expect(beginFlow(9, 'start')).rejects.toThrow(/no partition of relation "flow"/);
    const cares = Array.from({ length: 4 }, () => new PartitionCare(database).ensure(10));
    const made = await Promise.all(cares);
    expect(made.filter((count) => count > 0)).toEqual([70]); // days 4 to 10, or as many further on, in ten tables
    expect(await new PartitionCare(database).ensure(10)).toBe(0);
    expect(await beginFlow(9, 'start')).toHaveLength(1);
    expect(await partitions('authorization_code')).toHaveLength((await partitions('flow')).length);
  });

  it('house: a look-up by id reads one partition', async () => {
    const [flow] = await beginFlow(1, 'start');
    const plan = await scratch.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT FROM flow WHERE id = '${(flow as { id: string }).id}'`,
    );
    expect(plan.filter((line) => line['QUERY PLAN'].includes('flow_p'))).toHaveLength(1);
  });

  it('design §4.5 drops what is old, and nothing that may still live', async () => {
    const care = new PartitionCare(database);
    const old = ['20200101', '20200102'];
    for (const [at, day] of old.entries()) {
      await scratch.query(
        `CREATE TABLE flow_p${day} PARTITION OF flow
         FOR VALUES FROM (grantway_uuid_floor('2020-01-0${at + 1} UTC')) TO (grantway_uuid_floor('2020-01-0${at + 2} UTC'))`,
      );
    }
    const before = await partitions();
    await beginFlow(-1, 'start');
    expect(await care.drop()).toBe(2);
    expect(await care.drop()).toBe(0);
    expect(await partitions()).toEqual(before.filter((name) => !old.some((day) => name.endsWith(day))));
    expect(await scratch.query('SELECT FROM flow')).toHaveLength(1);
  });

  it('house: gives up at once rather than make requests queue behind a drop', async () => {
    await scratch.query(
      `CREATE TABLE flow_p20200101 PARTITION OF flow
       FOR VALUES FROM (grantway_uuid_floor('2020-01-01 UTC')) TO (grantway_uuid_floor('2020-01-02 UTC'))`,
    );
    await scratch.query('BEGIN');
    await scratch.query('SELECT FROM flow');
    const began = Date.now();
    await expect(new PartitionCare(database).drop()).rejects.toMatchObject({ code: '55P03' });
    expect(Date.now() - began).toBeLessThan(2000);
    await scratch.query('COMMIT');
    expect(await new PartitionCare(database).drop()).toBe(1);
  });

  it('house: new partitions are made while the tables are in use', async () => {
    await scratch.query('BEGIN');
    await beginFlow(0, 'start');
    expect(await new PartitionCare(database).ensure(6)).toBeGreaterThan(0);
    await scratch.query('ROLLBACK');
  });

  it('I15 begins by itself, and goes on trying', async () => {
    await scratch.query('ALTER FUNCTION grantway_ensure_partitions RENAME TO away');
    const care = new PartitionCare(database);
    care.start();
    try {
      await new Promise((resolve) => setTimeout(resolve, 200));
      await scratch.query('ALTER FUNCTION away RENAME TO grantway_ensure_partitions');
      await eventually(async () => (await partitions()).length === 6, 15_000);
    } finally {
      care.stop();
    }
  });
});
