import { APPLY } from './apply.command.js';
import { AUDIT } from './audit.command.js';
import { AWAIT_SCHEMA } from './await-schema.command.js';
import { CHECK } from './check.command.js';
import { Command } from './command.js';
import { CREATE_GRANT } from './create-grant.command.js';
import { HASH_PASSWORD, HASH_SECRET } from './hash.command.js';
import { KEYS } from './keys.command.js';
import { MIGRATE } from './migrate.command.js';
import { NATS_CONFIG } from './nats-config.command.js';
import { SERVICE_ACCOUNT } from './service-account.command.js';

const COMMANDS: readonly Command[] = [
  APPLY,
  CHECK,
  MIGRATE,
  AWAIT_SCHEMA,
  HASH_SECRET,
  HASH_PASSWORD,
  SERVICE_ACCOUNT,
  AUDIT,
  KEYS,
  CREATE_GRANT,
  NATS_CONFIG,
];

export function findCommand(name: string): Command | undefined {
  return COMMANDS.find((command) => command.name === name);
}

/** How one command is called. */
export function callOf({ name, argument = '' }: Command): string {
  return `npm run grantway -- ${name} ${argument}`.trim();
}

/** All there is to say about one command. */
export function helpOf(command: Command): string {
  const { meaning, details = [] } = command;
  const more = details.length > 0 ? ['', ...details.map((line) => `  ${line}`)] : [];
  return [callOf(command), '', meaning, ...more].join('\n');
}

export function usage(): string {
  const rows = COMMANDS.map(({ name, argument = '', meaning }): [string, string] => [
    `${name} ${argument}`.trim(),
    meaning,
  ]);
  const all: readonly [string, string][] = [...rows, ['help', 'say this; COMMAND --help says more of one']];
  const width = Math.max(...all.map(([left]) => left.length));
  return ['npm run grantway -- COMMAND', '', ...all.map(([left, right]) => `  ${left.padEnd(width)}   ${right}`)].join(
    '\n',
  );
}
