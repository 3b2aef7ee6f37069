import { APPLY } from './apply.command.js';
import { CHECK } from './check.command.js';
import { Command } from './command.js';
import { HASH_PASSWORD, HASH_SECRET } from './hash.command.js';
import { MIGRATE } from './migrate.command.js';
import { SERVICE_ACCOUNT } from './service-account.command.js';

const COMMANDS: readonly Command[] = [APPLY, CHECK, MIGRATE, HASH_SECRET, HASH_PASSWORD, SERVICE_ACCOUNT];

export function findCommand(name: string): Command | undefined {
  return COMMANDS.find((command) => command.name === name);
}

export function usage(): string {
  const rows = COMMANDS.map(({ name, argument = '', meaning }): [string, string] => [
    `${name} ${argument}`.trim(),
    meaning,
  ]);
  const all: readonly [string, string][] = [...rows, ['help', 'say this']];
  const width = Math.max(...all.map(([left]) => left.length));
  return ['npm run grantway -- COMMAND', '', ...all.map(([left, right]) => `  ${left.padEnd(width)}   ${right}`)].join(
    '\n',
  );
}
