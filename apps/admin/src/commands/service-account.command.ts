import type { AuditEvents, ServiceAccount } from '@grantway/domain';
import type { Command } from './command.js';
import { type ServiceAccountCall, serviceAccountUsages } from './service-account.args.js';
import type { MadeToken, ServiceAccountOperations } from './service-account.operations.js';

type Say = (line: string) => void;

/** Machines' identities (seeds 7.11). Of `create` and `regenerate` the token is all that goes to standard output. */
export const SERVICE_ACCOUNT: Command = {
  name: 'service-account',
  argument: 'create|list|update|regenerate|disable|enable|delete …',
  meaning: 'look after service accounts; prints a token once',
  details: serviceAccountUsages(),
  many: true,
  async run(_argument, given, say, args = []) {
    const { readCall } = await import('./service-account.args.js');
    const call = readCall(args);
    const { findInstallation, withItsPublicUrl } = await import('../installation.js');
    const env = await withItsPublicUrl(given);
    const installation = await findInstallation(env);
    const { openServiceAccounts } = await import('./service-account.opening.js');
    const { administratorOf } = await import('./administrator.js');
    const { operations, audit, close } = await openServiceAccounts(installation, env['PUBLIC_URL']);
    try {
      await perform({ ...call, audit, actor: administratorOf(env) }, operations, say);
    } finally {
      await close();
    }
  },
};

/** A call, by whom, and where that is kept. */
interface AuditedCall extends ServiceAccountCall {
  readonly audit: AuditEvents;
  readonly actor: string;
}

async function perform(call: AuditedCall, operations: ServiceAccountOperations, say: Say): Promise<void> {
  const { verb, environmentId, id, words } = call;
  switch (verb) {
    case 'create':
      return shownOnce(call, await operations.create(environmentId, id, words), say);
    case 'regenerate':
      return shownOnce(call, await operations.regenerate(environmentId, id, words), say);
    case 'list':
      for (const account of await operations.list(environmentId, words)) say(lineOf(account));
      return;
    case 'update':
      return done(call, await operations.update(environmentId, id, words), 'updated', say);
    case 'enable':
      return done(call, await operations.switch(environmentId, id, true), 'enabled', say);
    case 'disable':
      return done(call, await operations.switch(environmentId, id, false), 'disabled', say);
    case 'delete':
      await operations.delete(environmentId, id);
      return done(call, true, 'deleted', say);
  }
}

async function shownOnce(call: AuditedCall, { token, account, expiresAt }: MadeToken, say: Say): Promise<void> {
  const { version, clientId } = account;
  say(token);
  tell(
    `This token of ${account.id} is not shown again, and kept nowhere. It is good until ${expiresAt.toISOString()}.`,
  );
  await record(call, { version, client_id: clientId });
}

async function done(call: AuditedCall, changed: boolean, word: string, say: Say): Promise<void> {
  if (changed) await record(call);
  say(changed ? `${call.id}: ${word}` : `${call.id}: nothing to change`);
}

/** S8: who reads the log of operations, or the audit events, sees what was done, and no secret. */
async function record(
  { verb, environmentId, id, actor, audit }: AuditedCall,
  more: { readonly version?: number; readonly client_id?: string } = {},
): Promise<void> {
  const time = new Date().toISOString();
  const entry = { time, service: 'admin', environment: environmentId, service_account: id, ...more };
  tell(JSON.stringify({ ...entry, msg: `service account ${verb}` }));
  if (verb === 'list') return;
  const { administrated } = await import('./administrator.js');
  const { version, client_id: clientId } = more;
  const detail = version === undefined ? {} : { detail: { version } };
  const event = administrated(`service_account.${verb}`, environmentId, actor, {
    ...{ sub: id, ...detail },
    ...(clientId !== undefined && { clientId }),
  });
  await audit.record([event]).catch((error: unknown) => {
    throw new Error(`it is done, and the audit event of it could not be written: ${String(error)}`, { cause: error });
  });
}

function lineOf({ id, name, enabled, clientId, scopes, bindings, jtiHash }: ServiceAccount): string {
  const states = [...(enabled ? [] : ['disabled']), ...(jtiHash ? [] : ['no token yet'])];
  const words = [
    `client ${clientId}`,
    `scopes ${scopes.join(',') || 'none'}`,
    ...(bindings.length > 0 ? [`bindings ${bindings.join(',')}`] : []),
    ...states,
  ];
  return `${id} "${name}": ${words.join('; ')}`;
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
