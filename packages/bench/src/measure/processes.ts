import { readdirSync, readFileSync } from 'node:fs';

/** Of `/proc/PID/stat`: a tick is 10 ms on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Seconds of processor time, user and system, so far. A process that is gone counts nothing. */
export interface Cpu {
  readonly own: number;
  /** Of those it started, and those they did: a database's sessions, or the database of one that brings it along. */
  readonly children: number;
}

export function cpuOf(pid: number): Cpu {
  const children = descendantsOf([pid]).reduce((sum, each) => sum + ticksOf(each), 0);
  return { own: ticksOf(pid) / TICKS_PER_SECOND, children: children / TICKS_PER_SECOND };
}

/** MB (10⁶ bytes) that are resident; of what descendants share among them, as the sessions of a database do, each has its part. */
export interface Memory {
  readonly own: number;
  readonly children: number;
}

export function memoryOf(pid: number): Memory {
  const children = descendantsOf([pid]).reduce((sum, each) => sum + kilobytes(each, 'smaps_rollup', 'Pss'), 0);
  return { own: (kilobytes(pid, 'status', 'VmRSS') * 1_024) / 1_000_000, children: (children * 1_024) / 1_000_000 };
}

function kilobytes(pid: number, file: string, name: string): number {
  const line = readProc(pid, file)
    ?.split('\n')
    .find((each) => each.startsWith(`${name}:`));
  return Number.parseInt(line?.slice(name.length + 1) ?? '0', 10);
}

function descendantsOf(pids: readonly number[]): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const parent = Number(statOf(pid)?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found: number[] = [];
  for (const next = [...pids]; next.length > 0; ) {
    const born = children.get(next.pop() as number) ?? [];
    found.push(...born);
    next.push(...born);
  }
  return found;
}

/** User and system time, and that of children that ended and were waited for: the sessions of a database come and go. */
function ticksOf(pid: number): number {
  const times = statOf(pid)?.slice(11, 15); // utime, stime, cutime, cstime
  return (times ?? []).reduce((sum, field) => sum + Number(field), 0);
}

/** Fields of `/proc/PID/stat` from the third on: state, parent and so on (proc(5)); the second may hold anything. */
function statOf(pid: number): string[] | undefined {
  const line = readProc(pid, 'stat');
  return line?.slice(line.lastIndexOf(')') + 2).split(' ');
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined; // It ended while we looked.
  }
}
