import { writeFile } from 'node:fs/promises';
import type { Contender } from '../contenders/contender.js';
import { grantwayDistributed } from '../contenders/grantway/distributed.js';
import { grantwayStandalone } from '../contenders/grantway/standalone.js';
import { jmondiInMemory, jmondiOnPostgres } from '../contenders/jmondi.js';
import { oidcProvider } from '../contenders/oidc-provider.js';
import { type Entrant, together } from '../contenders/together.js';
import { hashingCost } from '../measure/hashing.js';
import { WORKLOADS } from '../workloads/index.js';
import { readArguments } from './arguments.js';
import { compare, type Row } from './rounds.js';
import { Standing } from './standing.js';
import { tableOf } from './table.js';

const OURS: readonly Contender[] = [grantwayStandalone, grantwayDistributed];
const PEERS: readonly Contender[] = [oidcProvider, jmondiOnPostgres, jmondiInMemory];

/** Starts each contender on this machine, loads them in turn, stops them and prints one table. */
export async function comparison(say: (line: string) => void, args: readonly string[]): Promise<boolean> {
  const choice = readArguments(
    args,
    WORKLOADS.map(({ id }) => id),
  );
  const workloads = WORKLOADS.filter(({ id }) => choice.workloads.length === 0 || choice.workloads.includes(id));
  const contenders = [...OURS, ...(choice.peers ? PEERS : [])];
  const rows = await together(contenders, async (entrants: readonly Entrant[]) => {
    const standings = await Standing.of(entrants, choice.rounds, say);
    const measured: Row[] = [];
    for (const workload of workloads) measured.push(...(await compare(workload, entrants, choice.rounds, say)));
    for (const standing of standings) standing.print(say);
    return measured;
  });
  for (const line of tableOf(rows)) say(line);
  if (rows.some(({ workload }) => workload === 'W8')) {
    say(`A password check, apart from W8: ${((await hashingCost()) * 1_000).toFixed(1)} ms of processor time each.`);
  }
  if (choice.json !== undefined) await writeFile(choice.json, `${JSON.stringify(rows, null, 2)}\n`);
  return true;
}
