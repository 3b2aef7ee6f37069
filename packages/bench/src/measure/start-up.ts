import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from '../contenders/contender.js';
import { MACHINE, SCOPES } from '../installation.js';
import { Connection } from '../load/connection.js';
import { formPost } from '../workloads/answers.js';

/** Milliseconds between two tries. */
const EVERY = 5;
const PATIENCE = 60_000;

/**
 * Ends the servers and starts them again: their data are there, their files have just been read.
 *
 * @returns milliseconds from the start of the processes to the first token
 */
export async function timeToFirstToken(running: Running): Promise<number> {
  await running.pause();
  const from = performance.now();
  const ready = running.resume();
  ready.catch(() => {}); // Told below.
  const took = (await firstToken(running)) - from;
  await ready;
  return took;
}

async function firstToken({ target }: Running): Promise<number> {
  const question = formPost(target.token, MACHINE, { grant_type: 'client_credentials', scope: SCOPES.es256 });
  for (const until = performance.now() + PATIENCE; performance.now() < until; await sleep(EVERY)) {
    const connection = await Connection.open(target.token).catch(() => undefined);
    const reply = await connection?.send(question).catch(() => undefined);
    connection?.close();
    if (reply?.status === 200) return performance.now();
  }
  throw new Error(`no token from ${target.token} within ${PATIENCE / 1_000} s`);
}
