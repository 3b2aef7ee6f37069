import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '@grantway/local-services';
import type { Running } from '../contenders/contender.js';
import { startDistributed } from '../contenders/grantway/distributed.js';
import { startStandalone } from '../contenders/grantway/standalone.js';
import { MACHINE, SCOPES } from '../installation.js';
import { Connection } from '../load/connection.js';
import { Load } from '../load/load.js';
import { memoryByName } from '../measure/by-name.js';
import { expectStatus, formPost } from '../workloads/answers.js';
import { WORKLOADS } from '../workloads/index.js';
import { BACKCHANNEL, environmentWithCiba } from './ciba.js';
import { differencesOf, type Held, rowsOf, tableOf, withRows } from './page.js';

const PAGE = join(repositoryRoot, 'docs/operating.md');
/** Milliseconds until a start is forgotten. */
const IDLE = 10_000;
const LOOKS_EVERY = 250;

/** What the grant host of the bench serves, so that W1 to W3 reach it, and what the token service keeps. */
const HOSTED = 'client-credentials';
const KEPT = 'authorization-code,refresh-token,password,token-exchange,service-token';

/** Names in the table, by the names of processes. */
const NAMES: Readonly<Record<string, string>> = {
  "standalone's postgres": 'its PostgreSQL',
  'host-bench-1': 'grant host',
  postgres: 'PostgreSQL',
};

/** The order in which the distributed mode is told. */
const ORDER = ['gateway', 'authorize', 'token', 'device', 'ciba', 'grant host', 'nats-server', 'PostgreSQL'];

/**
 * What every process holds, idle and under load, as docs/operating.md says it. `--write` puts the figures there; `--check` asks
 * whether those that are there still hold.
 *
 * @returns false when it was asked to check and they do not
 */
export async function memory(say: (line: string) => void, args: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...args],
    options: { check: { type: 'boolean' }, write: { type: 'boolean' } },
  });
  const rows = [
    ...(await held('standalone', () => startStandalone(environmentWithCiba()), say)),
    ...inOrder(await held('distributed', distributed, say)),
  ];
  say('');
  for (const line of tableOf(rows)) say(line);
  const page = await readFile(PAGE, 'utf8');
  if (values.write) await writeFile(PAGE, withRows(page, rows));
  if (!values.check) return true;
  const differences = differencesOf(rowsOf(page), rows);
  for (const difference of differences) say(difference);
  return differences.length === 0;
}

function distributed(): Promise<Running> {
  return startDistributed({ environment: environmentWithCiba(), hosts: { bench: HOSTED }, env: { GRANTS: KEPT } });
}

async function held(mode: string, start: () => Promise<Running>, say: (line: string) => void): Promise<Held[]> {
  const running = await start();
  try {
    await oneToken(running);
    await sleep(IDLE);
    const idle = named(running);
    const most = new Map(idle);
    const look = () => {
      for (const [name, now] of named(running)) most.set(name, Math.max(now, most.get(name) ?? 0));
    };
    const looking = setInterval(look, LOOKS_EVERY);
    try {
      for (const workload of [...WORKLOADS, BACKCHANNEL]) {
        const load = await Load.open(workload, running);
        const { rps } = await load.saturate();
        load.close();
        say(`${mode}, ${workload.id}: ${rps.toFixed(0)}/s`);
      }
    } finally {
      clearInterval(looking);
    }
    look();
    return [...most].map(([process, loaded]) => ({ process, loaded, idle: idle.get(process) ?? 0 }));
  } finally {
    await running.stop();
  }
}

async function oneToken({ target }: Running): Promise<void> {
  const connection = await Connection.open(target.token);
  const form = { grant_type: 'client_credentials', scope: SCOPES.es256 };
  expectStatus(await connection.send(formPost(target.token, MACHINE, form)), 200);
  connection.close();
}

function named(running: Running): Map<string, number> {
  return new Map([...memoryByName(running)].map(([name, mb]) => [NAMES[name] ?? name.replace(/-1$/, ''), mb]));
}

function inOrder(rows: readonly Held[]): Held[] {
  return [...rows].sort((one, other) => ORDER.indexOf(one.process) - ORDER.indexOf(other.process));
}
