import type { Row } from './rounds.js';
import { tableOf } from './table.js';

const row = (workload: string, contender: string, rps: number, cpuPer1000: number): Row => ({
  ...{ workload, contender, rps, cpuPer1000, p50: 1, p99: 2, rssMb: 100 },
});

describe('the table', () => {
  it('house: ratios are to the first contender of the same workload', () => {
    const lines = tableOf([
      row('W4', 'ours', 1_000, 0.2),
      row('W1', 'ours', 4_000, 0.1),
      row('W1', 'theirs', 2_000, 0.3),
    ]);
    expect(lines.slice(2).map((line) => line.trim().split(/\s{2,}|(?<=\d) +/))).toEqual([
      ['W1', 'client credentials, JWT by ES256'],
      ['ours', '4000', '1.00', '0.100', '1.00', '1.0', '2.0', '100'],
      ['theirs', '2000', '0.50', '0.300', '3.00', '1.0', '2.0', '100'],
      ['W4', 'refresh with rotation, access and ID token'],
      ['ours', '1000', '1.00', '0.200', '1.00', '1.0', '2.0', '100'],
    ]);
  });
});
