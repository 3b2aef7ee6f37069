import { median } from '../load/statistics.js';
import { CONDITIONS, type Condition, latencyOf, type Rounds, throughputOf } from './verdict.js';

/** What was measured: what exchanges felt, what was answered to polls, and where the processor time went. */
export function print(rounds: Rounds, share: number | undefined, say: (line: string) => void): void {
  const calm = latencyOf(rounds, 'nobody polls', 0.99);
  say('');
  say(share === undefined ? 'device processes take what they can get' : `each device process has ${share} of a core`);
  say('                         exchanges: p50 ms   p99 ms   p99 ratio   failed     polls/s   p50 ms   p99 ms');
  for (const condition of CONDITIONS) {
    const seen = rounds.get(condition) ?? [];
    const p99 = latencyOf(rounds, condition, 0.99);
    const polled = seen.flatMap((each) => (each.polled ? [each.polled] : []));
    const polls = [
      throughputOf(rounds, condition).toFixed(0).padStart(11),
      median(polled.map(({ p50 }) => p50))
        .toFixed(0)
        .padStart(8),
      median(polled.map((each) => each.p99))
        .toFixed(0)
        .padStart(8),
    ];
    const cells = [
      condition.padEnd(25),
      latencyOf(rounds, condition, 0.5).toFixed(1).padStart(16),
      p99.toFixed(1).padStart(8),
      (p99 / calm).toFixed(2).padStart(11),
      String(seen.reduce((sum, { exchanged }) => sum + exchanged.failed, 0)).padStart(8),
      ...(polled.length > 0 ? polls : []),
    ];
    say(cells.join(' '));
  }
  say('');
  for (const condition of CONDITIONS) {
    const answers = answersOf(rounds, condition);
    if (answers) say(`${condition}: polls were answered ${answers}`);
  }
  say('');
  say('cores used, and CPU-seconds per 1,000 polls beyond what nobody’s polling costs:');
  for (const name of namesOf(rounds)) {
    const cells = CONDITIONS.map((condition) => {
      const cores = coresOf(rounds, condition, name);
      const polls = throughputOf(rounds, condition);
      const apart = ((cores - coresOf(rounds, 'nobody polls', name)) * 1_000) / polls;
      return `${cores.toFixed(2)}${Number.isNaN(polls) ? '' : ` (${apart.toFixed(3)})`}`.padStart(22);
    });
    say(`    ${name.padEnd(14)}${cells.join('')}`);
  }
  say(`    ${''.padEnd(14)}${CONDITIONS.map((condition) => condition.padStart(22)).join('')}`);
}

function namesOf(rounds: Rounds): string[] {
  return [...new Set([...rounds.values()].flat().flatMap(({ cores }) => [...cores.keys()]))];
}

function coresOf(rounds: Rounds, condition: Condition, name: string): number {
  return median((rounds.get(condition) ?? []).map(({ cores }) => cores.get(name) ?? 0));
}

function answersOf(rounds: Rounds, condition: Condition): string {
  const all = new Map<string, number>();
  for (const { polled } of rounds.get(condition) ?? [])
    for (const [answer, count] of Object.entries(polled?.answers ?? {}))
      all.set(answer, (all.get(answer) ?? 0) + count);
  return [...all].map(([answer, count]) => `${count} × ${answer}`).join(', ');
}
