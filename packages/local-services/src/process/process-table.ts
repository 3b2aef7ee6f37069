import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whether a process with this id runs. A zombie nobody has reaped counts as gone: it owns nothing any more. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const stat = linuxStat(pid);
  return stat === undefined || !['Z', 'X'].includes(stat[0] ?? '');
}

/**
 * A text that tells this process from any later one with the same id, or undefined where the system doesn't say: process
 * ids are used again, soon after a reboot above all.
 */
export function processIdentity(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const started = linuxStat(pid)?.[19];
    return started && `${bootId()}:${started}`;
  }
  if (process.platform === 'win32') return undefined;
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

/** Fields of /proc/PID/stat from the third (state) on; the second, the name, may itself contain blanks and brackets. */
function linuxStat(pid: number): string[] | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}
