import type { ServiceAccount } from '@grantway/domain';
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
    const { operations, close } = await openServiceAccounts(installation, env['PUBLIC_URL']);
    try {
      await perform(call, operations, say);
    } finally {
      await close();
    }
  },
};

async function perform(call: ServiceAccountCall, operations: ServiceAccountOperations, say: Say): Promise<void> {
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

function shownOnce(call: ServiceAccountCall, { token, account, expiresAt }: MadeToken, say: Say): void {
  audit(call, { version: account.version, client_id: account.clientId });
  say(token);
  tell(
    `This token of ${account.id} is not shown again, and kept nowhere. It is good until ${expiresAt.toISOString()}.`,
  );
}

function done(call: ServiceAccountCall, changed: boolean, word: string, say: Say): void {
  if (changed) audit(call);
  say(changed ? `${call.id}: ${word}` : `${call.id}: nothing to change`);
}

/** S8: who reads the log of operations sees what was done, and no secret. */
function audit({ verb, environmentId, id }: ServiceAccountCall, more: Readonly<Record<string, unknown>> = {}): void {
  const time = new Date().toISOString();
  const entry = { time, service: 'admin', environment: environmentId, service_account: id, ...more };
  tell(JSON.stringify({ ...entry, msg: `service account ${verb}` }));
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
