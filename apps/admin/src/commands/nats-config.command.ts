import type { Command } from './command.js';
import type { KeptFolder } from './nats-config.folder.js';

/** Identities on the bus and what each may do there (design section 5: a grant service has its own slug and nothing else). */
export const NATS_CONFIG: Command = {
  name: 'nats-config',
  argument: 'FOLDER [--grants SLUG,…] [--host NAME=SLUG,…] [--audit-stream]',
  meaning: 'make NATS users for every service and grant: a seed each, and what the server needs',
  details: [
    'FOLDER     where seeds and list are kept; made if its parent is there. Seeds that are in it stay',
    '--grants   slugs of grants that run as services of their own, an identity each',
    '--host     a grant host by a name of yours, and the slugs of the grants it serves; may be given more than once',
    '--audit-stream   the authorize service may hand audit events on to JetStream (AUDIT_STREAM)',
  ],
  many: true,
  async run(_argument, env, say, args = []) {
    const { readNatsConfigCall } = await import('./nats-config.args.js');
    const call = readNatsConfigCall(args);
    const { busUsers } = await import('./nats-config.users.js');
    const { keepFolder, seedFileOf, USERS_FILE } = await import('./nats-config.folder.js');
    const { standingIn } = await import('./standing-in.js');
    const { resolve } = await import('node:path');
    const folder = resolve(standingIn(env), call.folder);
    const kept = await keepFolder(folder, busUsers(call.grantServers, call));
    say(`${folder}/${USERS_FILE}: ${kept.users.length} identities`);
    for (const line of stateOf(kept, seedFileOf)) say(line);
    for (const line of whatIsNext(USERS_FILE)) say(line);
  },
};

function stateOf({ users, withdrawn }: KeptFolder, fileOf: (name: string) => string): string[] {
  const width = Math.max(...[...users.map(({ name }) => name), ...withdrawn].map((name) => name.length));
  const row = (state: string, name: string, more: string) => `  ${state}  ${name.padEnd(width)}  ${more}`;
  return [
    ...users.map(({ name, isNew }) => row(isNew ? 'new      ' : 'kept     ', name, fileOf(name))),
    ...withdrawn.map((name) =>
      row('withdrawn', name, `not named any more: the server will refuse it. ${fileOf(name)} is left where it is`),
    ),
  ];
}

function whatIsNext(usersFile: string): string[] {
  return [
    '',
    'Next:',
    `  1. In the server's configuration, once: authorization { include "${usersFile}" }, the path relative to that file.`,
    '  2. Reload the server: nats-server --signal reload. Who is connected stays so, unless it is not admitted any more.',
    '  3. Give each service its own seed and no other one: NATS_NKEY_FILE, or the text as NATS_NKEY_SEED.',
    'The list names exactly what this call named: name every grant each time. Seeds are secrets; the list is none.',
  ];
}
