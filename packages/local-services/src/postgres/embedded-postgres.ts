import { chmod, mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, isPortFree } from '../free-port.js';
import { keepSecret, readSecret } from '../keep-secret.js';
import { LocalServiceError } from '../local-service-error.js';
import { type OwnerLock, takeOwnership } from '../process/owner-lock.js';
import { findPostgresBinaries, type PostgresBinaries } from './binaries.js';
import { type ClusterPlace, clusterPlace } from './cluster-place.js';
import { ensureCluster, SUPERUSER } from './data-directory.js';
import { createDatabase, databaseUrl } from './databases.js';
import * as server from './postmaster.js';
import { databaseUser } from './system-user.js';

export interface EmbeddedPostgresOptions {
  /** The cluster's directory; its password, port, owner note and log lie beside it, under its name. */
  readonly dataDir: string;
  /** Listened on at 127.0.0.1; absent: the one used last, or any free one. */
  readonly port?: number;
  /** Made unless they exist. */
  readonly databases: readonly string[];
  /** Called with a short text when something begins that takes seconds. */
  readonly onProgress?: (doing: string) => void;
  /** Settings of postgresql.conf laid over ours, such as `{ fsync: 'off' }` for tests. */
  readonly extraSettings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  url(database: string): string;
  readonly port: number;
  /** The main process; every session is a child of it. */
  readonly pid: number;
  /** Whether the cluster was created by this start. */
  readonly fresh: boolean;
  /** Whether a server left behind by a killed start was still running and was taken over. */
  readonly adopted: boolean;
  /** Ends sessions, flushes, waits until the server is gone. Safe to call twice. */
  stop(): Promise<void>;
}

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '', // Their paths may be at most 107 bytes long, and nobody needs them.
  max_connections: '200',
  timezone: 'UTC',
  log_timezone: 'UTC',
  cluster_name: 'grantway',
};

/**
 * Starts the PostgreSQL that npm brought along and makes sure the databases exist.
 *
 * @throws LocalServiceError, complete in one line, when another process owns the directory, the port is taken, or the
 *   data can't be opened
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = await absolute(options.dataDir);
  const owner = await takeOwnership(`${dataDir}.owner`);
  if ('ownedBy' in owner) {
    throw new LocalServiceError(
      `Another Grantway (process ${owner.ownedBy}) is using ${dataDir}: stop it first, or choose another data directory.`,
    );
  }
  try {
    return await open({ ...options, dataDir }, owner);
  } catch (error) {
    owner.release();
    throw error;
  }
}

async function open(options: EmbeddedPostgresOptions, owner: OwnerLock): Promise<EmbeddedPostgres> {
  const { dataDir, onProgress = () => {} } = options;
  const user = databaseUser();
  const binaries = await findPostgresBinaries(user);
  const isThere = await readFile(join(dataDir, 'PG_VERSION')).catch(() => undefined);
  if (!isThere) onProgress(`creating a PostgreSQL ${binaries.major} database in ${dataDir}`);
  const password = await passwordFor(dataDir, isThere !== undefined);
  const sync = options.extraSettings?.['fsync'] !== 'off';
  const fresh = await ensureCluster(dataDir, { binaries, user, password, sync });
  const living = await findLiving(dataDir);
  const postmaster = living ?? (await start(options, binaries, clusterPlace(dataDir, user)));

  // A last resort for exits that skip stop(): ask for the shutdown, and let it finish without us.
  const onExit = () => {
    server.interrupt(postmaster.pid);
    owner.release();
  };
  process.once('exit', onExit);
  const stop = async () => {
    await server.stopPostmaster(postmaster.pid, dataDir, binaries);
    process.off('exit', onExit);
    owner.release();
  };
  const adminUrl = `postgresql://${SUPERUSER}:${password}@127.0.0.1:${postmaster.port}/postgres`;
  try {
    for (const name of options.databases) await createDatabase(adminUrl, name);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: (database) => databaseUrl(adminUrl, database),
    port: postmaster.port,
    pid: postmaster.pid,
    fresh,
    adopted: living !== undefined,
    stop,
  };
}

/** A server that a killed start left running in this directory, once it answers; one that is just ending is awaited. */
async function findLiving(dataDir: string): Promise<server.Postmaster | undefined> {
  for (;;) {
    const note = await server.readPostmasterNote(dataDir);
    if (!note) return undefined;
    if (!server.isPostmasterOf(note.pid, dataDir)) {
      await server.removeStaleNote(dataDir);
      return undefined;
    }
    if (note.isReady) return note;
    await sleep(20);
  }
}

async function start(
  options: EmbeddedPostgresOptions,
  binaries: PostgresBinaries,
  place: ClusterPlace,
): Promise<server.Postmaster> {
  const { dataDir } = options;
  const logFile = `${dataDir}.log`;
  if (await server.isLogLong(logFile)) await rm(logFile);
  const settings = { ...SETTINGS, ...options.extraSettings };
  if (options.port && !(await isPortFree(options.port))) {
    throw new LocalServiceError(`Port ${options.port} is taken: PostgreSQL can't listen on it.`);
  }
  const portFile = `${dataDir}.port`;
  const usedLast = Number(await readFile(portFile, 'utf8').catch(() => ''));
  let port = options.port ?? (await freePort(usedLast));
  for (let tries = 1; ; tries += 1) {
    try {
      const postmaster = await server.startPostmaster({ binaries, dataDir, place, port, settings, logFile });
      if (!options.port) await writeFile(portFile, `${port}\n`);
      return postmaster;
    } catch (error) {
      if (!(error instanceof server.PostmasterFailed)) throw error;
      // After kill -9 of the main process its sessions take a moment to notice, and hold the shared memory until then.
      const isPassing = /Address already in use|shared memory block .* still in use/.test(error.message);
      if (!isPassing || tries === 20) {
        throw new LocalServiceError(`PostgreSQL did not start in ${dataDir}: ${error.message} (more in ${logFile})`);
      }
      if (!options.port && /Address already in use/.test(error.message)) port = await freePort();
      await sleep(150);
    }
  }
}

async function passwordFor(dataDir: string, isThere: boolean): Promise<string> {
  const file = `${dataDir}.password`;
  if (isThere && !(await readSecret(file))) {
    throw new LocalServiceError(
      `${file} is missing, and the data in ${dataDir} can't be opened without it: put it back, or move the data away to start empty.`,
    );
  }
  const password = await keepSecret(file);
  await chmod(file, 0o600);
  return password;
}

/** The directory's true path: a server's working directory is compared with it. */
async function absolute(dataDir: string): Promise<string> {
  const parent = dirname(resolve(dataDir));
  await mkdir(parent, { recursive: true });
  return join(await realpath(parent), basename(dataDir));
}
