import { callOf, findCommand, helpOf, usage } from './all-commands.js';
import { EXIT, failureOf } from './exit.js';

/** Where a command's words go, a line at a time. */
export interface Speaker {
  say(line: string): void;
  complain(line: string): void;
}

/**
 * Runs what somebody typed after `npm run grantway --`.
 *
 * @param env what the command knows of the installation
 * @returns the exit code: 0 done, 1 faulty input, 2 wrong usage, 3 trouble with the installation
 */
export async function runCommand(
  [name = 'help', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  { say, complain }: Speaker,
): Promise<number> {
  const refuse = (line: string, code: number): number => {
    complain(line);
    return code;
  };
  if (name === 'help' || isHelp(name)) {
    say(usage());
    return EXIT.ok;
  }
  const command = findCommand(name);
  if (!command) return refuse(`There is no command "${name}".\n\n${usage()}`, EXIT.usage);
  if (beforeDashes(args).some(isHelp)) {
    say(helpOf(command));
    return EXIT.ok;
  }
  const wanted = command.argument === undefined ? 0 : 1;
  if (!command.many && args.length !== wanted) {
    return refuse(callOf(command), EXIT.usage);
  }
  try {
    await command.run(args[0] ?? '', env, say, args);
    return EXIT.ok;
  } catch (error) {
    const { message, code } = failureOf(error);
    return refuse(message, code);
  }
}

function isHelp(arg: string): boolean {
  return arg === '--help' || arg === '-h';
}

/** What comes behind `--` is no option, whatever it looks like. */
function beforeDashes(args: readonly string[]): readonly string[] {
  return args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
}
