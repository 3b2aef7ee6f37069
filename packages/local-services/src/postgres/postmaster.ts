import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, processIdentity } from '../process/process-table.js';
import type { PostgresBinaries } from './binaries.js';
import type { ClusterPlace } from './cluster-place.js';
import { postgresEnvironment } from './data-directory.js';

/** A running database server: its main process and the port it listens on. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/** Why a server did not come up: its own last words. */
export class PostmasterFailed extends Error {}

/** What postmaster.pid says, a living server's or a dead one's. */
export interface PostmasterNote extends Postmaster {
  readonly isReady: boolean;
}

/** Reads postmaster.pid; undefined when there is none or it is still being written. */
export async function readPostmasterNote(dataDir: string): Promise<PostmasterNote | undefined> {
  const text = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid, , , port, , , , status] = text.split('\n');
  if (!Number(pid) || !Number(port)) return undefined;
  return { pid: Number(pid), port: Number(port), isReady: status?.trim() === 'ready' };
}

/** Whether that process is a PostgreSQL server that works in `dataDir`, rather than a stranger with a dead one's id. */
export function isPostmasterOf(pid: number, dataDir: string): boolean {
  if (!isAlive(pid)) return false;
  try {
    if (process.platform === 'linux') {
      const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
      return name === 'postgres' && readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDir);
    }
    if (process.platform === 'win32') return true;
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(dataDir);
  } catch {
    return false;
  }
}

/**
 * Starts a server and waits until it accepts connections. It leads a process group of its own, so that Ctrl-C does not
 * end it before its users have drained, and it does not keep our event loop alive.
 *
 * @throws PostmasterFailed when it ends instead
 */
export async function startPostmaster(start: {
  binaries: PostgresBinaries;
  dataDir: string;
  place: ClusterPlace;
  port: number;
  settings: Readonly<Record<string, string>>;
  logFile: string;
}): Promise<Postmaster> {
  const settings = Object.entries(start.settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = await open(start.logFile, 'a', 0o600);
  const from = (await log.stat()).size;
  const child = spawn(start.binaries.postgres, ['-D', start.place.argument, '-p', String(start.port), ...settings], {
    ...start.place.spawn,
    env: postgresEnvironment(),
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  let ended = false;
  let spawnError = '';
  child.once('exit', () => {
    ended = true;
  });
  child.once('error', (error) => {
    ended = true;
    spawnError = error.message;
  });
  child.unref();
  try {
    for (;;) {
      if (ended) throw new PostmasterFailed(spawnError || (await lastWords(start.logFile, from)));
      const note = await readPostmasterNote(start.dataDir);
      if (note?.isReady && note.pid === child.pid) return { pid: note.pid, port: note.port };
      await sleep(10);
    }
  } finally {
    await log.close();
  }
}

/** Stops a server, ours or an adopted one, as fast as is safe: sessions end, data is flushed. Waits until it is gone. */
export async function stopPostmaster(pid: number, dataDir: string, binaries: PostgresBinaries): Promise<void> {
  if (process.platform === 'win32') {
    spawnSync(binaries.pgCtl, ['stop', '-D', dataDir, '-m', 'fast', '-w']);
    return;
  }
  const identity = processIdentity(pid);
  interrupt(pid);
  const patience = Date.now() + 30_000;
  while (isAlive(pid) && processIdentity(pid) === identity) {
    // SIGQUIT: immediate shutdown. The next start then replays the log; nothing committed is lost.
    if (Date.now() > patience) process.kill(pid, 'SIGQUIT');
    await sleep(10);
  }
}

/** Asks for a fast shutdown without waiting, for exit handlers. */
export function interrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    // Gone already.
  }
}

/** Removes the note of a server that is dead, whose process id a stranger may bear by now. */
export async function removeStaleNote(dataDir: string): Promise<void> {
  await rm(join(dataDir, 'postmaster.pid'), { force: true });
}

async function lastWords(logFile: string, from: number): Promise<string> {
  const text = (await readFile(logFile)).subarray(from).toString('utf8');
  const telling = text.split('\n').filter((line) => /FATAL|PANIC|ERROR|could not|HINT/.test(line));
  return (telling.length ? telling : text.split('\n')).slice(-5).join('\n').trim();
}

/** Whether the log has grown past what anybody reads (10 MB). */
export async function isLogLong(logFile: string): Promise<boolean> {
  return ((await stat(logFile).catch(() => undefined))?.size ?? 0) > 10_000_000;
}
