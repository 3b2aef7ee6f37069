import { isolation } from './isolation/isolation.js';

const COMMANDS: Readonly<Record<string, { meaning: string; run: (say: (line: string) => void) => Promise<boolean> }>> =
  {
    isolation: { meaning: 'whether a grant that hangs, floods or crashes is felt by others', run: isolation },
  };

const [name = 'help'] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (command) {
  if (!(await command.run((line) => console.log(line)))) process.exitCode = 1;
} else {
  const rows = Object.entries(COMMANDS).map(([each, { meaning }]) => `  ${each.padEnd(12)} ${meaning}`);
  console.log(['npm run bench -- COMMAND', '', ...rows].join('\n'));
  if (name !== 'help') process.exitCode = 2;
}
