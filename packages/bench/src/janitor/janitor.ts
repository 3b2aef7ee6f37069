import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import type { Running } from '../contenders/contender.js';
import { grantwayStandalone } from '../contenders/grantway/standalone.js';
import { fill } from '../growth/fill.js';
import { Load } from '../load/load.js';
import { median } from '../load/statistics.js';
import { W4 } from '../workloads/people.js';
import { addExpired, type Counted, counted } from './expired.js';

const LIVE = 100_000;
/** Of the load, before it and after it. */
const TURNS = 5;
/** How often its p99 may be that of a token endpoint without the janitor (recipe 30). */
const MOST_FELT = 2;
/** Milliseconds: it begins up to 40 s after its process. */
const LONGEST_START = 60_000;

const MB = 1_048_576;

/**
 * The janitor beside refreshes at half of what the machine can do, with so many rows that are over.
 *
 * @returns whether it removed all of them, read nothing that was not due, and was not felt
 */
export async function janitor(say: (line: string) => void, args: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...args],
    options: { rows: { type: 'string', default: '10000000' }, minutes: { type: 'string', default: '10' } },
  });
  const many = Number(values.rows);
  const running = await grantwayStandalone.start();
  try {
    await prepare(running, many, say);
    const { without, rate } = await beforeIt(running, say);
    await running.pause();
    await running.resume();
    return await besideIt(running, { many, rate, without, most: Number(values.minutes) * 60_000 }, say);
  } finally {
    await running.stop();
  }
}

async function connect({ databaseUrl }: Running): Promise<Client> {
  const client = new Client({ connectionString: databaseUrl, application_name: 'bench' });
  await client.connect();
  return client;
}

async function prepare(running: Running, many: number, say: (line: string) => void): Promise<void> {
  const from = performance.now();
  const client = await connect(running);
  try {
    // Nobody cleans up before there is something to see.
    await client.query(LOCK);
    await fill(running.databaseUrl ?? '', LIVE);
    await addExpired(client, many);
  } finally {
    await client.end();
  }
  const took = ((performance.now() - from) / 1_000).toFixed(0);
  say(`${LIVE.toLocaleString('en')} live sessions and authorizations, ${many.toLocaleString('en')} expired: ${took} s`);
}

const LOCK = `SELECT pg_advisory_lock(hashtextextended('grantway_janitor', 0))`;

/** @returns p99s in milliseconds, and half of what it can do, in requests a second */
async function beforeIt(
  running: Running,
  say: (line: string) => void,
): Promise<{ without: readonly number[]; rate: number }> {
  const client = await connect(running);
  const load = await Load.open(W4, running);
  try {
    await client.query(LOCK);
    const { rps } = await load.saturate();
    const rate = rps / 2;
    const without = await calmly(load, rate);
    say(`${W4.id} at ${rate.toFixed(0)} requests/s, before it: p99 ${listed(without)} ms`);
    return { without, rate };
  } finally {
    load.close();
    await client.end();
  }
}

/** The p99 of some turns, in milliseconds. */
async function calmly(load: Load, rate: number): Promise<number[]> {
  const p99s: number[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) p99s.push((await load.calm(rate)).p99);
  return p99s;
}

interface Task {
  readonly many: number;
  readonly rate: number;
  readonly without: readonly number[];
  /** Milliseconds. */
  readonly most: number;
}

async function besideIt(
  running: Running,
  { many, rate, without, most }: Task,
  say: (line: string) => void,
): Promise<boolean> {
  const client = await connect(running);
  const load = await Load.open(W4, running);
  try {
    await load.saturate();
    const before = await counted(client);
    const begun = await begins(client, before);
    const p99s: number[] = [];
    let now = before;
    while (now.removed - before.removed < many && performance.now() - begun < most) {
      p99s.push((await load.calm(rate)).p99);
      now = await counted(client);
    }
    const seconds = (performance.now() - begun) / 1_000;
    // A neighbour's busy minute before it would hide what it costs, and one beside it would look like it.
    const afterwards = await calmly(load, rate);
    say(`after it: p99 ${listed(afterwards)} ms`);
    await client.query('VACUUM session, authorization_record');
    const after = await counted(client);
    return report({ many, without: median([...without, ...afterwards]), seconds, p99s, before, now, after }, say);
  } finally {
    load.close();
    await client.end();
  }
}

/** @returns when it had begun. @throws Error when it does not */
async function begins(client: Client, before: Counted): Promise<number> {
  const asked = performance.now();
  while ((await counted(client)).removed === before.removed) {
    if (performance.now() - asked > LONGEST_START) throw new Error('the janitor did not begin');
    await sleep(200);
  }
  return performance.now();
}

interface Outcome {
  readonly many: number;
  readonly without: number;
  readonly seconds: number;
  readonly p99s: readonly number[];
  readonly before: Counted;
  readonly now: Counted;
  readonly after: Counted;
}

function report({ many, without, seconds, p99s, before, now, after }: Outcome, say: (line: string) => void): boolean {
  const removed = now.removed - before.removed;
  const due = now.due - before.due;
  const beside = median(p99s);
  say(
    `removed ${removed.toLocaleString('en')} rows in ${seconds.toFixed(0)} s: ${(removed / seconds).toFixed(0)} rows/s`,
  );
  say(
    `p99 beside it ${beside.toFixed(1)} ms, ${(beside / without).toFixed(2)} of what it was; worst ${Math.max(...p99s).toFixed(1)} ms`,
  );
  say(
    `read ${(due / removed).toFixed(3)} due index entries for each, and ${now.scanned - before.scanned} rows without an index`,
  );
  say(
    `tables and indexes: ${megabytes(before)} MB, ${megabytes(now)} MB after it, ${megabytes(after)} MB after VACUUM`,
  );
  const wrong = [
    ...(removed < many ? [`${(many - removed).toLocaleString('en')} rows are left`] : []),
    ...(beside / without > MOST_FELT ? [`p99 moved by more than ${MOST_FELT}×`] : []),
    ...(due > 1.01 * removed + LIVE / 100 ? ['it read what was not due'] : []),
  ];
  say(wrong.length === 0 ? 'within the limits' : `beyond the limits: ${wrong.join('; ')}`);
  return wrong.length === 0;
}

function megabytes({ bytes }: Counted): string {
  return (bytes / MB).toFixed(0);
}

function listed(milliseconds: readonly number[]): string {
  return milliseconds.map((each) => each.toFixed(1)).join(', ');
}
