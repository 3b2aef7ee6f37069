import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ScratchDatabase, scratchDatabase } from '../../test/scratch-database.js';

describe('nothing grows for ever', () => {
  let scratch: ScratchDatabase;
  beforeAll(async () => {
    scratch = await scratchDatabase();
  });
  afterAll(() => scratch.drop());

  /** The tables the README explains, row by row. */
  function explained(): string[] {
    const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
    const [, section = ''] = readme.split('## Nothing grows for ever\n');
    const rows = section.split('\n').filter((line) => line.startsWith('| `'));
    return rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
  }

  it('I12 of every table the README says what bounds it, and of no other', async () => {
    const tables = await scratch.query<{ name: string }>(
      `SELECT CASE nspname WHEN 'public' THEN '' ELSE nspname || '.' END || relname AS name
       FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
       WHERE relkind IN ('r', 'p') AND NOT relispartition AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`,
    );
    expect(explained().toSorted()).toEqual(tables.map(({ name }) => name).toSorted());
  });

  it('design §4.5 what the README says is cut by day is', async () => {
    const partitioned = await scratch.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind = 'p'
       EXCEPT SELECT table_name FROM grantway_partitioned_tables()`,
    );
    expect(partitioned).toEqual([]);
  });

  it('house: what is swept has an index of when it is over', async () => {
    const indexes = await scratch.query<{ table: string }>(
      `SELECT DISTINCT tablename AS table FROM pg_indexes
       WHERE (tablename IN ('session', 'authorization_record') AND indexdef LIKE '%(look_at, id)%')
          OR (tablename IN ('device_user_code', 'one_time_code') AND indexdef LIKE '%(expires_at)%')
          OR (tablename = 'attempt_counter' AND indexdef LIKE '%(expire)%')
       ORDER BY 1`,
    );
    expect(indexes.map(({ table }) => table)).toEqual([
      ...['attempt_counter', 'authorization_record', 'device_user_code', 'one_time_code', 'session'],
    ]);
  });
});
