import type { AuditEvents, KeyRecord } from '@grantway/domain';
import type { Command } from './command.js';
import { type KeysCall, keysUsages } from './keys.args.js';
import type { KeysOperations } from './keys.operations.js';

type Say = (line: string) => void;

/** Signing keys (design section 6): the token service rotates them by itself; this is for when somebody wants it otherwise. */
export const KEYS: Command = {
  name: 'keys',
  argument: 'list|rotate|remove …',
  meaning: 'look after signing keys; remove is for a key that was stolen',
  details: keysUsages(),
  many: true,
  async run(_argument, env, say, args = []) {
    const { readKeysCall } = await import('./keys.args.js');
    const call = readKeysCall(args);
    const { findInstallation } = await import('../installation.js');
    const installation = await findInstallation(env);
    const { openKeys } = await import('./keys.opening.js');
    const { administratorOf } = await import('./administrator.js');
    const { operations, audit, close } = await openKeys(installation);
    try {
      await perform(call, operations, say, { audit, actor: administratorOf(env) });
    } finally {
      await close();
    }
  },
};

/** Who calls, and where that is kept. */
interface Books {
  readonly audit: AuditEvents;
  readonly actor: string;
}

async function perform(call: KeysCall, operations: KeysOperations, say: Say, books: Books): Promise<void> {
  const { environmentId } = call;
  switch (call.verb) {
    case 'list':
      for (const key of await operations.list(environmentId)) say(lineOf(key));
      return;
    case 'rotate':
      for (const key of await operations.rotate(environmentId, call.algorithm)) {
        say(lineOf(key));
        await record('announce', environmentId, { kid: key.kid, alg: key.algorithm }, books);
      }
      return;
    case 'remove': {
      const { kid } = call;
      const { before, algorithm, replacement } = await operations.remove(environmentId, kid);
      say(`${kid}: removed`);
      if (replacement) say(`${replacement}: ${algorithm}, active in its place`);
      const fields = { kid, alg: algorithm, was: before, ...(replacement && { replacement }) };
      await record('remove', environmentId, fields, books);
    }
  }
}

function lineOf({ kid, algorithm, state, ...times }: KeyRecord): string {
  return `${kid}: ${algorithm}, ${state}${since({ state, ...times })}`;
}

function since({ state, activeFrom, keptUntil, retiredAt }: Omit<KeyRecord, 'kid' | 'algorithm'>): string {
  switch (state) {
    case 'announced':
      return `; signs from ${activeFrom.toISOString()}`;
    case 'active':
      return ` since ${activeFrom.toISOString()}`;
    case 'retiring':
      return keptUntil ? `; verifies until ${keptUntil.toISOString()}` : '';
    case 'retired':
      return retiredAt ? ` since ${retiredAt.toISOString()}` : '';
  }
}

/** Who reads the log of operations, or the audit events, sees what was done. */
async function record(
  what: 'announce' | 'remove',
  environmentId: string,
  detail: Readonly<Record<string, unknown>>,
  { audit, actor }: Books,
): Promise<void> {
  const entry = { time: new Date().toISOString(), service: 'admin', environment: environmentId, ...detail };
  process.stderr.write(`${JSON.stringify({ ...entry, msg: `signing key ${what}` })}\n`);
  const { administrated } = await import('./administrator.js');
  await audit.record([administrated(`key.${what}`, environmentId, actor, { detail })]).catch((error: unknown) => {
    throw new Error(`it is done, and the audit event of it could not be written: ${String(error)}`, { cause: error });
  });
}
