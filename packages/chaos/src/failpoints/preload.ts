import { readFileSync, unlinkSync } from 'node:fs';
import pg from 'pg';
import type { Failpoint } from './failpoint.js';

/** Loaded into every service process before anything of its own; see failpoint.ts. */
const file = process.env['CHAOS_FAILPOINT'];

let armed: (Failpoint & { readonly id: number }) | undefined;
let seen = 0;

/** Not a request's: probes, and the queue that looks for jobs by itself. */
const NOT_COUNTED = /graphile_worker|^\s*(?:select 1\b|listen\b|unlisten\b|set\b)/i;

function due(text: string): Failpoint['when'] | undefined {
  if (NOT_COUNTED.test(text)) return undefined;
  let now: typeof armed;
  try {
    now = JSON.parse(readFileSync(file as string, 'utf8')) as typeof armed;
  } catch {
    return undefined; // Nothing is armed.
  }
  if (now?.id !== armed?.id) seen = 0;
  armed = now;
  seen += 1;
  if (seen !== armed?.at) return undefined;
  try {
    unlinkSync(file as string);
  } catch {
    return undefined; // Another process was first.
  }
  return armed.when;
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  // The signal is on its way; nothing may happen before it.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  throw new Error('unreachable');
}

type Query = (...args: unknown[]) => unknown;

if (file !== undefined) {
  const client = pg.Client.prototype as unknown as { query: Query };
  const query = client.query;
  client.query = function (this: unknown, ...args: unknown[]) {
    const [statement] = args as [string | { text?: string } | undefined];
    const when = due(typeof statement === 'string' ? statement : (statement?.text ?? ''));
    if (when === 'before') die();
    if (when === undefined) return query.apply(this, args);
    const last = args.length - 1;
    if (typeof args[last] === 'function') args[last] = die;
    const result = query.apply(this, args);
    return result instanceof Promise ? result.then(die, die) : result;
  };
}
