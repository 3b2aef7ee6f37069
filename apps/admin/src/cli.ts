import { APPLY } from './commands/apply.command.js';
import { CHECK } from './commands/check.command.js';
import { Command } from './commands/command.js';
import { HASH_PASSWORD, HASH_SECRET } from './commands/hash.command.js';
import { MIGRATE } from './commands/migrate.command.js';

const COMMANDS: readonly Command[] = [APPLY, CHECK, MIGRATE, HASH_SECRET, HASH_PASSWORD];

/** What a shell gets to see. */
const EXIT = { ok: 0, input: 1, usage: 2, infrastructure: 3 } as const;

const [name = 'help', argument, ...rest] = process.argv.slice(2);
process.exitCode = await main();

async function main(): Promise<number> {
  if (['help', '--help', '-h'].includes(name)) return say(usage(), EXIT.ok);
  const command = COMMANDS.find((each) => each.name === name);
  const argumentFits = command && (command.argument === undefined) === (argument === undefined) && rest.length === 0;
  if (!command || !argumentFits) return complain(usage(), EXIT.usage);
  try {
    return say(await command.run(argument ?? '', process.env), EXIT.ok);
  } catch (error) {
    return complain(...explain(error));
  }
}

/** Errors whose message is complete and about what the person gave. */
const INPUT_ERRORS = new Set(['EnvironmentFileError', 'NoEnvironmentFile', 'BadInput', 'ConfigConflictError']);

function explain(error: unknown): [string, number] {
  if (!(error instanceof Error)) return [String(error), EXIT.infrastructure];
  if (INPUT_ERRORS.has(error.name)) return [error.message, EXIT.input];
  if (error.name === 'NoInstallation' || error.name === 'MigrationError') return [error.message, EXIT.infrastructure];
  // A driver's own error names neither table nor secret; its stack helps nobody at a prompt.
  const { code } = error as NodeJS.ErrnoException;
  const what = error.message || code || error.name;
  return [`the database did not do it: ${what}`, EXIT.infrastructure];
}

function usage(): string {
  const rows = COMMANDS.map((each) => [`  ${each.name} ${each.argument ?? ''}`.trimEnd(), each.meaning] as const);
  const width = Math.max(...rows.map(([left]) => left.length));
  const table = rows.map(([left, right]) => `${left.padEnd(width)}   ${right}`).join('\n');
  return `npm run grantway -- COMMAND\n\n${table}\n  help${' '.repeat(width - 4)}   this text`;
}

function say(text: string, code: number): number {
  process.stdout.write(`${text}\n`);
  return code;
}

function complain(text: string, code: number): number {
  process.stderr.write(`${text}\n`);
  return code;
}
