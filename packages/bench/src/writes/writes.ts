import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type Distributed, startDistributed } from '../contenders/grantway/distributed.js';
import { Connection } from '../load/connection.js';
import { saturate } from '../load/run.js';
import { cpuByName } from '../measure/by-name.js';
import { W1, W3 } from '../workloads/client-credentials.js';
import { W9 } from '../workloads/device.js';
import { W6 } from '../workloads/documents.js';
import { W4, W5, W8, W10 } from '../workloads/people.js';
import type { Chain, Workload } from '../workloads/workload.js';
import { type Counters, countersOf, perRequest } from './counters.js';
import { spread } from './spread.js';

/** What is sent: how many at once, and how many each. */
const LOADS = [
  { at: 1, requests: 500 },
  { at: 32, requests: 16_000 },
] as const;

/** Requests of a workload that take so much longer than the others are fewer. */
const FEWER: Readonly<Record<string, number>> = { W8: 10, W10: 4 };

const WORKLOADS: readonly Workload[] = [W1, W3, W4, W5, W6, W8, W9, W10];

interface Row extends Counters {
  readonly workload: Workload;
  readonly at: number;
  /** Seconds of processor time per 1,000 requests, by process. */
  readonly cpu: ReadonlyMap<string, number>;
}

/**
 * What each request of a workload writes to the database and sends over the bus, one at a time and 32 at a time; then what a
 * refresh writes when it is one of a million (`spread` alone: that and nothing else).
 */
export async function writes(say: (line: string) => void, args: readonly string[]): Promise<boolean> {
  const wanted = args.map((each) => each.toUpperCase());
  if (wanted.includes('SPREAD')) {
    await spread(say);
    return true;
  }
  const chosen = WORKLOADS.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
  const house = await startDistributed();
  const database = new Client({ connectionString: house.databaseUrl });
  await database.connect();
  try {
    const rows: Row[] = [];
    for (const workload of chosen) {
      for (const load of LOADS) {
        say(`${workload.id}, ${load.at} at a time`);
        rows.push(await measure(house, database, workload, load.at, load.requests));
      }
    }
    print(rows, say);
  } finally {
    await database.end();
    await house.stop();
  }
  if (wanted.length === 0) await spread(say);
  return true;
}

async function measure(
  house: Distributed,
  database: Client,
  workload: Workload,
  most: number,
  requests: number,
): Promise<Row> {
  const at = Math.min(most, workload.connections);
  const open: { connection: Connection; chain: Chain }[] = [];
  try {
    for (let n = 0; n < at; n += 1) {
      const connection = await Connection.open(house.target.token);
      open.push({ connection, chain: await workload.open(house.target, connection, n) });
    }
    const chains = open.map(({ chain }) => chain);
    const each = Math.ceil(requests / (FEWER[workload.id] ?? 1) / at);
    await saturate(chains, await stocked(chains, Math.ceil(each / 4))); // Warm: no page is touched for the first time.
    const count = await stocked(chains, each);
    const natsPid = house.processes().find(({ name }) => name === 'nats-server')?.pid;
    const before = await countersOf(database, natsPid);
    const used = cpuByName(house);
    const run = await saturate(chains, count);
    const cpu = [...cpuByName(house)].map(
      ([name, now]) => [name, ((now - (used.get(name) ?? 0)) * 1_000) / run.requests] as const,
    );
    const after = await countersOf(database, natsPid);
    return { workload, at, cpu: new Map(cpu), ...perRequest(before, after, run.requests) };
  } finally {
    for (const { connection } of open) connection.close();
  }
}

async function stocked(chains: readonly Chain[], each: number): Promise<number> {
  const count = Math.min(each, ...chains.map(({ most }) => most ?? each));
  await Promise.all(chains.map((chain) => chain.stock?.(count)));
  await sleep(300);
  return count;
}

const COLUMNS: readonly (readonly [head: string, of: (row: Row) => string])[] = [
  ['WAL bytes', ({ walBytes }) => walBytes.toFixed(0)],
  ['records', ({ walRecords }) => walRecords.toFixed(1)],
  ['pages', ({ walImages }) => walImages.toFixed(2)],
  ['flushes', ({ flushes }) => flushes.toFixed(3)],
  ['statements', ({ statements }) => statements.toFixed(2)],
  ['inserts', ({ inserted }) => inserted.toFixed(2)],
  ['updates', ({ updated }) => updated.toFixed(2)],
  ['HOT', ({ hot }) => hot.toFixed(2)],
  ['deletes', ({ deleted }) => deleted.toFixed(2)],
  ['bus bytes', ({ busBytes }) => busBytes.toFixed(0)],
];

function print(rows: readonly Row[], say: (line: string) => void): void {
  say('');
  say(`of one request        ${COLUMNS.map(([head]) => head.padStart(11)).join('')}`);
  for (const row of rows) {
    const name = `${row.workload.id}, ${row.at} at a time`.padEnd(22);
    say(`${name}${COLUMNS.map(([, of]) => of(row).padStart(11)).join('')}`);
  }
  say('');
  const names = [...new Set(rows.flatMap(({ cpu }) => [...cpu.keys()]))];
  say(`CPU-s per 1,000       ${names.map((name) => name.padStart(13)).join('')}${'all'.padStart(13)}`);
  for (const { workload, at, cpu } of rows) {
    const all = [...cpu.values()].reduce((sum, part) => sum + part, 0);
    const cells = [...names.map((name) => cpu.get(name) ?? 0), all].map((part) => part.toFixed(3).padStart(13));
    say(`${`${workload.id}, ${at} at a time`.padEnd(22)}${cells.join('')}`);
  }
}
