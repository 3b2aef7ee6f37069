import { findCommand, usage } from './commands/all-commands.js';
import { EXIT, failureOf } from './commands/exit.js';

process.exitCode = await main(process.argv.slice(2));

async function main([name = 'help', ...args]: readonly string[]): Promise<number> {
  if (['help', '--help', '-h'].includes(name)) return say(usage(), EXIT.ok);
  const command = findCommand(name);
  if (!command) return complain(`There is no command "${name}".\n\n${usage()}`, EXIT.usage);
  const wanted = command.argument === undefined ? 0 : 1;
  if (!command.many && args.length !== wanted)
    return complain(`npm run grantway -- ${name} ${command.argument ?? ''}`.trim(), EXIT.usage);
  try {
    await command.run(args[0] ?? '', process.env, (line) => say(line, EXIT.ok), args);
    return EXIT.ok;
  } catch (error) {
    const { message, code } = failureOf(error);
    return complain(message, code);
  }
}

function say(text: string, code: number): number {
  process.stdout.write(`${text}\n`);
  return code;
}

function complain(text: string, code: number): number {
  process.stderr.write(`${text}\n`);
  return code;
}
