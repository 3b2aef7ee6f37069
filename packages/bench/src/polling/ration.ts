import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A share of a core that a process may not exceed. */
export interface Ration {
  /** Gives back what was rationed: the process runs freely again, if it still does. */
  end(): void;
}

/**
 * Microseconds. With the kernel's own 100 ms a process stands still for most of a period and then answers all that has gathered at once,
 * which those who share another service with it feel; a slower machine would answer evenly.
 */
const PERIOD = 10_000;

/**
 * Limits a process to a share of a core with the kernel's control groups, as a container's CPU limit does.
 *
 * @param cores 0.1 is one millisecond of every ten
 * @returns undefined where we may not: not Linux, or not root
 */
export function ration(pid: number, cores: number): Ration | undefined {
  const groups = GROUPS.find(({ root, isUsable }) => isUsable(root));
  if (!groups) return undefined;
  const folder = join(groups.root, `grantway-bench-${process.pid}-${pid}`);
  try {
    mkdirSync(folder);
    for (const [file, text] of groups.limit(Math.round(cores * PERIOD))) writeFileSync(join(folder, file), text);
    writeFileSync(join(folder, 'cgroup.procs'), String(pid));
  } catch {
    if (existsSync(folder)) rmdirSync(folder);
    return undefined;
  }
  return {
    end() {
      try {
        writeFileSync(join(groups.root, 'cgroup.procs'), String(pid));
      } catch {
        // It ended meanwhile.
      }
      rmdirSync(folder);
    },
  };
}

interface Groups {
  readonly root: string;
  isUsable(root: string): boolean;
  /** Files of a group and what to write to them. @param quota microseconds of each period */
  limit(quota: number): readonly (readonly [file: string, text: string])[];
}

const GROUPS: readonly Groups[] = [
  {
    root: '/sys/fs/cgroup/cpu',
    isUsable: (root) => existsSync(join(root, 'cgroup.procs')),
    limit: (quota) => [
      ['cpu.cfs_period_us', String(PERIOD)],
      ['cpu.cfs_quota_us', String(quota)],
    ],
  },
  {
    root: '/sys/fs/cgroup',
    isUsable: (root) => wordsOf(join(root, 'cgroup.subtree_control')).includes('cpu'),
    limit: (quota) => [['cpu.max', `${quota} ${PERIOD}`]],
  },
];

function wordsOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(/\s+/) : [];
}
