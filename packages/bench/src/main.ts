import { comparison } from './compare/comparison.js';
import { growth } from './growth/growth.js';
import { guard } from './guard/guard.js';
import { isolation } from './isolation/isolation.js';
import { janitor } from './janitor/janitor.js';
import { memory } from './memory/memory.js';
import { polling } from './polling/polling.js';
import { scaling } from './scaling/scaling.js';
import { writes } from './writes/writes.js';

interface Command {
  readonly meaning: string;
  /** @returns whether what it measured is within its limits */
  run(say: (line: string) => void, args: readonly string[]): Promise<boolean>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  compare: { meaning: 'Grantway and its peers, workload by workload (the default)', run: comparison },
  scaling: { meaning: 'what a second process of the token service gains', run: scaling },
  growth: { meaning: 'W4 and W5 with none, 100,000 and 1,000,000 live authorizations', run: growth },
  guard: {
    meaning: 'whether a workload has become dearer than baseline.json says; --record writes it anew',
    run: guard,
  },
  janitor: { meaning: 'whether removing 10,000,000 expired rows is felt; --rows, --minutes', run: janitor },
  polling: {
    meaning: 'exchanges while the device service has all it can do, and what a second one gains',
    run: polling,
  },
  memory: { meaning: 'MB of each process, idle and loaded; --write puts them into docs/operating.md', run: memory },
  writes: { meaning: 'what a request writes to the database and sends over the bus', run: writes },
  isolation: { meaning: 'whether a grant that hangs, floods or crashes is felt by others', run: isolation },
};

// What was started ends with this process, but only if it ends in its own way.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const say = (line: string) => console.log(line);
const args = process.argv.slice(2);
if (args[0] === 'help' || args.includes('--help')) {
  const rows = Object.entries(COMMANDS).map(([each, { meaning }]) => `  ${each.padEnd(12)} ${meaning}`);
  say(['npm run bench -- [COMMAND] [W1 W2 …] [--peers] [--rounds 3] [--json FILE]', '', ...rows].join('\n'));
} else {
  const named = args[0] !== undefined && Object.hasOwn(COMMANDS, args[0]);
  const { run } = COMMANDS[named ? (args[0] as string) : 'compare'] as Command;
  if (!(await run(say, named ? args.slice(1) : args))) process.exitCode = 1;
}
