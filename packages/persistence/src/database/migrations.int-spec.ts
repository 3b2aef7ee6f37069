import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ScratchDatabase, scratchDatabase } from '../../test/scratch-database.js';
import { isInfrastructureError } from './infrastructure-error.js';
import { MigrationError, migrate, missingMigrations } from './migrations.js';

describe('migrate', () => {
  let scratch: ScratchDatabase;
  let directory: string;
  beforeEach(async () => {
    scratch = await scratchDatabase({ migrated: false });
    directory = mkdtempSync(join(tmpdir(), 'grantway-migrations-'));
    writeFileSync(join(directory, 'migration_lock.toml'), 'provider = "postgresql"\n');
  });
  afterEach(async () => {
    await scratch.drop();
    rmSync(directory, { recursive: true });
  });

  function write(name: string, sql: string): void {
    mkdirSync(join(directory, name), { recursive: true });
    writeFileSync(join(directory, name, 'migration.sql'), sql);
  }
  const run = () => migrate(scratch.url, undefined, directory);
  const book = () =>
    scratch.query<{ migration_name: string; checksum: string; applied_steps_count: number; finished: boolean }>(
      `SELECT migration_name, checksum, applied_steps_count, finished_at >= started_at AS finished
       FROM _prisma_migrations ORDER BY migration_name`,
    );

  it('house: brings an empty database up to date, and then finds nothing to do', async () => {
    const told: string[] = [];
    const applied = await migrate(scratch.url, (name) => told.push(name));
    expect(applied.length).toBeGreaterThan(0);
    expect(told).toEqual(applied);
    expect(await migrate(scratch.url)).toEqual([]);
    expect(await scratch.query('SELECT id FROM environment')).toEqual([]);
  });

  it('house: keeps the book as prisma migrate does', async () => {
    write('20260101000000_one', 'CREATE TABLE one (id int);\n');
    await run();
    const sql = readFileSync(join(directory, '20260101000000_one', 'migration.sql'));
    expect(await book()).toEqual([
      {
        migration_name: '20260101000000_one',
        checksum: createHash('sha256').update(sql).digest('hex'),
        applied_steps_count: 1,
        finished: true,
      },
    ]);
  });

  it('house: of runners that start at once one works, and the others find nothing to do', async () => {
    const results = await Promise.all(Array.from({ length: 6 }, () => migrate(scratch.url)));
    expect(results.filter((applied) => applied.length > 0)).toHaveLength(1);
  });

  it('house: applies what was added since, in order', async () => {
    write('20260102000000_two', 'CREATE TABLE two (id int)');
    write('20260101000000_one', 'CREATE TABLE one (id int)');
    expect(await run()).toEqual(['20260101000000_one', '20260102000000_two']);
    write('20260103000000_three', 'ALTER TABLE one ADD COLUMN name text; CREATE TABLE three (id int)');
    expect(await run()).toEqual(['20260103000000_three']);
  });

  it('house: refuses a migration that was changed after it had been applied', async () => {
    write('20260101000000_one', 'CREATE TABLE one (id int)');
    await run();
    write('20260101000000_one', 'CREATE TABLE one (id bigint)');
    write('20260102000000_two', 'CREATE TABLE two (id int)');
    await expect(run()).rejects.toThrow(/^migration 20260101000000_one was changed after it had been applied/);
    expect(await book()).toHaveLength(1);
  });

  it('house: one that fails leaves nothing behind and is named; those before it stay', async () => {
    write('20260101000000_one', 'CREATE TABLE one (id int)');
    write('20260102000000_two', 'CREATE TABLE two (id int); SELECT nonsense');
    await expect(run()).rejects.toThrow(/^migration 20260102000000_two failed: column "nonsense" does not exist/);
    expect(await scratch.query(`SELECT to_regclass('one')::text AS one, to_regclass('two') AS two`)).toEqual([
      { one: 'one', two: null },
    ]);
    expect(await book()).toHaveLength(1);

    write('20260102000000_two', 'CREATE TABLE two (id int)');
    expect(await run()).toEqual(['20260102000000_two']);
  });

  it('house: refuses to go on where prisma migrate recorded a failure', async () => {
    write('20260101000000_one', 'CREATE TABLE one (id int)');
    await run();
    await scratch.query('UPDATE _prisma_migrations SET finished_at = NULL');
    await expect(run()).rejects.toThrow(MigrationError);
    await scratch.query('UPDATE _prisma_migrations SET rolled_back_at = now()');
    await scratch.query('DROP TABLE one');
    expect(await run()).toEqual(['20260101000000_one']);
  });

  it('I10 a database that is ahead of us is no fault: a newer release is being rolled out', async () => {
    write('20260101000000_one', 'CREATE TABLE one (id int)');
    write('20260102000000_two', 'CREATE TABLE two (id int)');
    await run();
    rmSync(join(directory, '20260102000000_two'), { recursive: true });
    expect(await run()).toEqual([]);
  });

  it('I10 who only looks is told what is missing, and changes nothing', async () => {
    write('20260101000000_one', 'CREATE TABLE one (id int)');
    const look = () => missingMigrations(scratch.url, directory);
    expect(await look()).toEqual(['20260101000000_one', 'jobs']);
    expect(await look()).toEqual(['20260101000000_one', 'jobs']);
    expect(await scratch.query(`SELECT to_regclass('_prisma_migrations') AS book`)).toEqual([{ book: null }]);
    await run();
    expect(await look()).toEqual([]);
    write('20260101000000_one', 'CREATE TABLE one (id bigint)');
    await expect(look()).rejects.toThrow(MigrationError);
  });

  it('I4 an unreachable database is an outage', async () => {
    const error = await migrate('postgres://postgres@127.0.0.1:1/none').catch((caught: unknown) => caught);
    expect(isInfrastructureError(error)).toBe(true);
  });
});
