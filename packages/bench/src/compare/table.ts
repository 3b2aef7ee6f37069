import { WORKLOADS } from '../workloads/index.js';
import type { Row } from './rounds.js';

const HEAD = '                             rps   ratio   CPU-s/1,000   ratio   p50 ms   p99 ms     MB';

/** The rows as a table; the ratios are to the first contender of the workload. */
export function tableOf(rows: readonly Row[]): string[] {
  const lines = ['', HEAD];
  for (const { id, meaning } of WORKLOADS) {
    const those = rows.filter(({ workload }) => workload === id);
    const [first] = those;
    if (!first) continue;
    lines.push(`${id}  ${meaning}`, ...those.map((row) => lineOf(row, first)));
  }
  return lines;
}

function lineOf(row: Row, first: Row): string {
  return [
    `    ${row.contender}`.padEnd(25),
    row.rps.toFixed(0).padStart(7),
    (row.rps / first.rps).toFixed(2).padStart(7),
    row.cpuPer1000.toFixed(3).padStart(13),
    (row.cpuPer1000 / first.cpuPer1000).toFixed(2).padStart(7),
    row.p50.toFixed(1).padStart(8),
    row.p99.toFixed(1).padStart(8),
    row.rssMb.toFixed(0).padStart(6),
  ].join(' ');
}
