import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { LocalServiceError } from '../local-service-error.js';
import type { PostgresBinaries } from './binaries.js';
import { clusterPlace } from './cluster-place.js';
import type { SystemUser } from './system-user.js';

/** The database role everything runs under; the cluster is ours alone. */
export const SUPERUSER = 'grantway';

/**
 * Makes sure `dataDir` is a complete cluster of our version.
 *
 * @returns true when it was made just now
 * @throws LocalServiceError when it holds something else, or the data of another major version
 */
export async function ensureCluster(
  dataDir: string,
  how: { binaries: PostgresBinaries; user: SystemUser | undefined; password: string; sync: boolean },
): Promise<boolean> {
  const version = await readFile(join(dataDir, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (version === undefined) {
    await refuseForeignFiles(dataDir);
    await createCluster(dataDir, how);
    return true;
  }
  if (Number.parseInt(version, 10) !== how.binaries.major) {
    throw new LocalServiceError(
      `${dataDir} was written by PostgreSQL ${version.trim()}, and this Grantway brings PostgreSQL ${how.binaries.major}: move the directory away to start empty, or run that version yourself and set DATABASE_URL.`,
    );
  }
  return false;
}

/** initdb works in a draft that is renamed once complete: what bears the name is whole, and a broken try is swept away. */
async function createCluster(dataDir: string, how: Parameters<typeof ensureCluster>[1]): Promise<void> {
  await removeDrafts(dataDir);
  const draft = await mkdtemp(`${dataDir}.new-`);
  if (how.user) await chown(draft, how.user.uid, how.user.gid);
  await runInitdb(draft, how);
  await rmdir(dataDir).catch(() => {}); // An empty directory somebody made in advance.
  await rename(draft, dataDir);
}

async function runInitdb(
  dataDir: string,
  { binaries, user, password, sync }: Parameters<typeof ensureCluster>[1],
): Promise<void> {
  const secretDir = await mkdtemp(join(tmpdir(), 'grantway-initdb-'));
  try {
    const passwordFile = join(secretDir, 'password');
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    if (user) for (const path of [secretDir, passwordFile]) await chown(path, user.uid, user.gid);
    const place = clusterPlace(dataDir, user);
    const child = spawn(
      binaries.initdb,
      [
        ...['--pgdata', place.argument, '--username', SUPERUSER, '--pwfile', passwordFile],
        ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C', '--no-instructions'],
        ...(sync ? [] : ['--no-sync']),
      ],
      { ...place.spawn, env: postgresEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk));
    child.stderr.on('data', (chunk) => (said += chunk));
    const [code] = await once(child, 'close');
    if (code !== 0) throw new LocalServiceError(`PostgreSQL could not create ${dataDir}: ${said.trim()}`);
  } finally {
    await rm(secretDir, { recursive: true, force: true });
  }
}

/** A small, known environment: locale variables change what PostgreSQL prints, PG* ones what it does. */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot, TMPDIR } = process.env;
  return { PATH, ...(SystemRoot && { SystemRoot }), ...(TMPDIR && { TMPDIR }), LC_ALL: 'C', TZ: 'UTC' };
}

async function refuseForeignFiles(dataDir: string): Promise<void> {
  const found = await readdir(dataDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new LocalServiceError(`${dataDir} can't be used for the database: ${error.message}`);
  });
  if (found.length) {
    throw new LocalServiceError(`${dataDir} holds files that are no PostgreSQL data: choose an empty directory.`);
  }
}

async function removeDrafts(dataDir: string): Promise<void> {
  const parent = dirname(dataDir);
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    if (name.startsWith(`${basename(dataDir)}.new-`)) {
      // A killed start may have left an initdb that still writes here; what escapes us is swept next time.
      await rm(join(parent, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
    }
  }
}
