import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '@grantway/local-services';
import { grantwayDistributed } from '../contenders/grantway/distributed.js';
import { grantwayStandalone } from '../contenders/grantway/standalone.js';
import { type Entrant, together } from '../contenders/together.js';
import { Load } from '../load/load.js';
import { calibrate } from '../measure/calibration.js';
import { WORKLOADS } from '../workloads/index.js';
import { type Costs, cheaper, dearer, only } from './verdict.js';

const BASELINE = join(repositoryRoot, 'packages/bench/baseline.json');
/** One of each kind: what is signed, what is stored, what is rotated, what is read, what is rendered. */
const GUARDED: readonly string[] = ['W1', 'W3', 'W4', 'W5', 'W6', 'W7', 'W8'];
const ROUNDS = 3;

/**
 * Compares what requests cost now with what they did when the baseline was recorded, both as a ratio to a loop that never changes.
 *
 * @returns whether none has become dearer
 */
export async function guard(say: (line: string) => void, args: readonly string[]): Promise<boolean> {
  const { values, positionals } = parseArgs({
    ...{ args: [...args], allowPositionals: true, options: { record: { type: 'boolean' } } },
  });
  const asked = positionals.map((name) => name.toUpperCase());
  const unknown = asked.find((name) => !GUARDED.includes(name));
  if (unknown !== undefined) throw new Error(`${unknown} is not guarded: ${GUARDED.join(', ')}`);
  const ids = asked.length > 0 ? asked : GUARDED;
  const baseline = JSON.parse(await readFile(BASELINE, 'utf8').catch(() => '{}')) as Costs;
  const costs = await together([grantwayStandalone, grantwayDistributed], async (entrants) => {
    const first = await measure(ids, entrants, say);
    const suspects = values.record ? [] : ids.filter((id) => dearer(only(id, first), baseline).length > 0);
    if (suspects.length === 0) return first;
    say(`once more, in case a neighbour was busy: ${suspects.join(', ')}`);
    return cheaper(first, await measure(suspects, entrants, say));
  });
  if (values.record) {
    const rounded = Object.entries(costs).map(([name, cost]) => [name, Number(cost.toPrecision(4))]);
    await writeFile(BASELINE, `${JSON.stringify({ ...baseline, ...Object.fromEntries(rounded) }, null, 2)}\n`);
    say(`recorded in ${BASELINE}`);
    return true;
  }
  const moved = dearer(costs, baseline);
  for (const each of moved) say(each);
  say(moved.length === 0 ? 'nothing has become dearer' : `${moved.length} of ${Object.keys(costs).length} moved`);
  return moved.length === 0;
}

async function measure(
  ids: readonly string[],
  entrants: readonly Entrant[],
  say: (line: string) => void,
): Promise<Costs> {
  const costs: Record<string, number> = {};
  for (const workload of WORKLOADS.filter(({ id }) => ids.includes(id))) {
    for (const { contender, running } of entrants) {
      const load = await Load.open(workload, running);
      const rounds: number[] = [];
      try {
        for (let n = 1; n <= ROUNDS; n += 1) rounds.push(await inTurns(load));
      } finally {
        load.close();
      }
      const cost = Math.min(...rounds);
      costs[`${contender.name} ${workload.id}`] = cost;
      say(
        `${contender.name} ${workload.id}: ${cost.toFixed(2)} turns (${rounds.map((each) => each.toFixed(2)).join(', ')})`,
      );
    }
  }
  return costs;
}

/**
 * What a request costs, in turns of the loop just before and just after: a busy neighbour slows both. One that is busy in between
 * makes it dearer and never cheaper, so the best of some rounds is what the code costs.
 */
async function inTurns(load: Load): Promise<number> {
  const before = await calibrate();
  const { cpuPer1000 } = await load.saturate();
  const after = await calibrate();
  return cpuPer1000 / 1_000 / ((before + after) / 2);
}
