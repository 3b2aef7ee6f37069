import type { Running } from '../contenders/contender.js';
import { type Cpu, cpuOf, type Memory, memoryOf } from './processes.js';

/** Seconds of processor time so far, by process. */
export function cpuByName(running: Running): Map<string, number> {
  return byName(running, cpuOf);
}

/** MB that are resident, by process. */
export function memoryByName(running: Running): Map<string, number> {
  return byName(running, memoryOf);
}

/** What a server starts is the database it brings along; what a database starts are its sessions, which are it. */
function byName(running: Running, measure: (pid: number) => Cpu | Memory): Map<string, number> {
  const found = new Map<string, number>();
  for (const { name, pid } of running.processes()) {
    const { own, children } = measure(pid);
    if (name === 'postgres') found.set(name, own + children);
    else found.set(name, own);
    if (name !== 'postgres' && children > 0) found.set(`${name}'s postgres`, children);
  }
  return found;
}
