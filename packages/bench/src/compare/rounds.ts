import type { Entrant } from '../contenders/together.js';
import { type Calm, Load, type Saturation } from '../load/load.js';
import { median } from '../load/statistics.js';
import { memoryByName } from '../measure/by-name.js';
import type { Workload } from '../workloads/workload.js';

/** A line of the table; medians over the rounds. */
export interface Row {
  readonly workload: string;
  readonly contender: string;
  /** Requests, or whole sign-ins, a second. */
  readonly rps: number;
  /** Seconds of processor time per 1,000 requests, of every process of the contender. */
  readonly cpuPer1000: number;
  /** Milliseconds at half of the requests per second above. */
  readonly p50: number;
  readonly p99: number;
  /** MB of all its processes after the load. */
  readonly rssMb: number;
}

/** Loads the entrants in turn, round after round. */
export async function compare(
  workload: Workload,
  entrants: readonly Entrant[],
  rounds: number,
  say: (line: string) => void,
): Promise<Row[]> {
  const able = entrants.filter(({ contender }) => !contender.without.includes(workload.id));
  const measured = new Map<Entrant, (Saturation & Calm)[]>();
  const loads = new Map<Entrant, Load>();
  try {
    for (const entrant of able) {
      loads.set(entrant, await Load.open(workload, entrant.running));
      measured.set(entrant, []);
    }
    for (let n = 1; n <= rounds; n += 1) {
      for (const [entrant, load] of loads) {
        const saturation = await load.saturate();
        say(`${workload.id} ${n}/${rounds} ${entrant.contender.name}: ${inWords(saturation)}`);
        measured.get(entrant)?.push({ ...saturation, ...(await load.calm(saturation.rps / 2)) });
      }
    }
  } finally {
    for (const load of loads.values()) load.close();
  }
  return able.map((entrant) => {
    const all = measured.get(entrant) ?? [];
    const middle = (of: 'rps' | 'cpuPer1000' | 'p50' | 'p99') => median(all.map((round) => round[of]));
    const rssMb = [...memoryByName(entrant.running).values()].reduce((sum, part) => sum + part, 0);
    return {
      ...{ workload: workload.id, contender: entrant.contender.name, rps: middle('rps') },
      ...{ cpuPer1000: middle('cpuPer1000'), p50: middle('p50'), p99: middle('p99'), rssMb },
    };
  });
}

function inWords({ rps, cpuPer1000, where }: Saturation): string {
  const parts = Object.entries(where).filter(([, part]) => part >= 0.001);
  const by = parts.map(([name, part]) => `${name} ${part.toFixed(3)}`).join(' + ');
  return `${rps.toFixed(0)}/s, ${cpuPer1000.toFixed(3)} CPU-s/1,000 = ${by}`;
}
