import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@grantway/local-services';
import pg from 'pg';

/** PostgreSQL's own programs on this machine; an embedded PostgreSQL comes without them. */
export interface PostgresTools {
  /** The folder of `pg_dump`, `pg_restore` and `psql`. */
  readonly folder: string;
  /** A cluster they are new enough for, and a role that may create databases. */
  readonly adminUrl: string;
  stop(): Promise<void>;
}

/**
 * PostgreSQL's programs as the setup found them, with the cluster at `given` if they are new enough for it, else with a cluster of
 * their own version.
 */
export async function postgresTools(given: string): Promise<PostgresTools> {
  const folder = process.env['GRANTWAY_TEST_POSTGRES_BIN'];
  if (!folder)
    throw new Error('GRANTWAY_TEST_POSTGRES_BIN names no folder with pg_dump (Debian: apt-get install postgresql)');
  const isNewEnough = majorOf(join(folder, 'pg_dump')) >= (await majorOfServer(given));
  return { folder, ...(isNewEnough ? { adminUrl: given, stop: async () => {} } : await startCluster(folder)) };
}

function majorOf(program: string): number {
  return Number(/\d+/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))?.[0]);
}

async function majorOfServer(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ version: number }>(
    "SELECT current_setting('server_version_num')::int / 10000 AS version",
  );
  await client.end();
  return rows[0]?.version ?? Number.NaN;
}

/** PostgreSQL refuses to run as root: then it is the account its package made. */
function account(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function startCluster(bin: string): Promise<Omit<PostgresTools, 'folder'>> {
  const user = account();
  // Not in a folder of ours, for that account may not enter it.
  const folder = mkdtempSync(join(tmpdir(), 'grantway-cluster-'));
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid ?? user.uid);
  const options = { ...user, cwd: folder, stdio: 'ignore' as const };
  execFileSync(join(bin, 'initdb'), ['-D', folder, '-U', 'drill', '--auth=trust', '--no-sync'], options);
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'max_connections=100'];
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', folder, '-p', String(port), ...settings.flatMap((each) => ['-c', each])],
    options,
  );
  const adminUrl = `postgresql://drill@127.0.0.1:${port}/postgres`;
  const stop = async () => {
    const gone = server.exitCode === null ? once(server, 'exit') : undefined;
    server.kill('SIGINT');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  };
  for (const until = Date.now() + 20_000; ; await sleep(50)) {
    try {
      await majorOfServer(adminUrl);
      return { adminUrl, stop };
    } catch (error) {
      if (server.exitCode === null && Date.now() < until) continue;
      await stop();
      throw error;
    }
  }
}
