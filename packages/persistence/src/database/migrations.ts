import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { hasJobSchema, migrateJobs } from '../jobs/job-schema.js';

/**
 * Applies every `migration.sql` under `prisma/migrations` and keeps Prisma's own book of it, so that `prisma migrate deploy` agrees
 * where it can run (design section 9). Each migration is one transaction together with its entry in the book: one that
 * fails leaves nothing behind. Of several runners one works; the others wait and find nothing to do. The tables of the job
 * library come with its own migrations.
 *
 * @param onProgress told the name of each migration before it runs
 * @param directory where the migrations are; else the nearest `prisma/migrations` above this file
 * @returns the names applied
 */
export async function migrate(
  databaseUrl: string,
  onProgress: (name: string) => void = () => {},
  directory: string = findMigrations(),
): Promise<readonly string[]> {
  const migrations = readMigrations(directory);
  return connected(databaseUrl, async (client) => {
    if (pending(migrations, await readBook(client)).length === 0 && (await hasJobSchema(client))) return [];
    // Released when the connection closes, however that happens.
    await client.query(`SELECT pg_advisory_lock(${PRISMA_LOCK})`);
    await client.query(CREATE_BOOK);
    const due = pending(migrations, await readBook(client));
    for (const migration of due) {
      onProgress(migration.name);
      await apply(client, migration);
    }
    if (!(await hasJobSchema(client))) await migrateJobs(databaseUrl);
    return due.map(({ name }) => name);
  });
}

/**
 * What {@link migrate} would do: for those who may only look, such as a process that waits for it.
 *
 * @returns the names of the migrations this database lacks, and `jobs` where the tables of the job library are missing
 * @throws MigrationError where none could be applied
 */
export async function missingMigrations(
  databaseUrl: string,
  directory: string = findMigrations(),
): Promise<readonly string[]> {
  const migrations = readMigrations(directory);
  return connected(databaseUrl, async (client) => {
    const missing = pending(migrations, await readBook(client)).map(({ name }) => name);
    return (await hasJobSchema(client)) ? missing : [...missing, 'jobs'];
  });
}

async function connected<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'grantway-migrate',
    connectionTimeoutMillis: 5000,
    keepAlive: true,
  });
  // A connection lost between two statements would otherwise end the process; the next statement says it better.
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** The schema of this database is not one we may build on. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

interface Entry {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
}

/** The advisory lock Prisma's schema engine takes, so that neither runs beside the other. */
const PRISMA_LOCK = 72707369;

/** Column for column as Prisma creates it. */
const CREATE_BOOK = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum"              VARCHAR(64) NOT NULL,
    "finished_at"           TIMESTAMPTZ,
    "migration_name"        VARCHAR(255) NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        TIMESTAMPTZ,
    "started_at"            TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count"   INTEGER NOT NULL DEFAULT 0
)`;

async function readBook(client: pg.Client): Promise<Entry[]> {
  try {
    const { rows } = await client.query<Entry>(
      'SELECT migration_name, checksum, finished_at FROM "_prisma_migrations" WHERE rolled_back_at IS NULL',
    );
    return rows;
  } catch (error) {
    if ((error as { code?: string }).code === '42P01') return []; // undefined_table: a new database
    throw error;
  }
}

/** Migrations the database knows and we do not are no fault: an older replica meets a newer schema in every rolling deploy. */
function pending(migrations: readonly Migration[], book: readonly Entry[]): Migration[] {
  const failed = book.find(({ finished_at }) => finished_at === null);
  if (failed) {
    throw new MigrationError(
      `migration ${failed.migration_name} once failed half-way; repair the database and resolve the entry (prisma migrate resolve)`,
    );
  }
  const applied = new Map(book.map((entry) => [entry.migration_name, entry.checksum]));
  for (const { name, checksum } of migrations) {
    if (applied.has(name) && applied.get(name) !== checksum) {
      throw new MigrationError(
        `migration ${name} was changed after it had been applied; put the file back and add a new migration`,
      );
    }
  }
  return migrations.filter(({ name }) => !applied.has(name));
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    // The entry comes first: it holds the start, and its own checks fail before any work is done.
    await client.query(
      'INSERT INTO "_prisma_migrations" (id, checksum, migration_name, started_at) VALUES ($1, $2, $3, clock_timestamp())',
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query(migration.sql);
    await client.query(
      'UPDATE "_prisma_migrations" SET finished_at = clock_timestamp(), applied_steps_count = 1 WHERE migration_name = $1 AND finished_at IS NULL',
      [migration.name],
    );
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => {});
    throw new MigrationError(`migration ${migration.name} failed: ${(cause as Error).message}`, { cause });
  }
}

function readMigrations(directory: string): Migration[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .map((name) => {
      const bytes = readFileSync(join(directory, name, 'migration.sql'));
      return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') };
    });
}

function findMigrations(): string {
  for (let at = dirname(fileURLToPath(import.meta.url)); ; at = dirname(at)) {
    const found = join(at, 'prisma', 'migrations');
    if (existsSync(found)) return found;
    if (at === dirname(at)) throw new MigrationError('there is no prisma/migrations above the installed files');
  }
}
