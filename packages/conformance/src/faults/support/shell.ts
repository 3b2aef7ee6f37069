import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { foreignEnvironment } from './team.js';

/** The shell commands of a Markdown page, block by block. */
export function shellBlocks(page: string): string[] {
  return [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block as string);
}

/** What one block said. */
export interface Said {
  readonly block: string;
  readonly output: string;
}

const MARK = '@@@@ block';

/**
 * Runs the blocks in order, in one shell as a person at one terminal would; the first command that fails ends it, and whatever
 * still runs in the background is told to stop.
 *
 * @param patience milliseconds for all of them
 * @throws Error with all that was said, when a command fails or time is up
 */
export async function runBlocks(
  blocks: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  patience: number,
): Promise<Said[]> {
  const script = [
    'set -eu',
    "trap 'jobs -p | xargs -r kill 2> /dev/null; wait' EXIT",
    ...blocks.flatMap((block, at) => [`echo; echo '${MARK} ${at}'`, block]),
  ].join('\n');
  const shell = spawn('bash', ['-c', script], {
    ...{ cwd, env: { ...foreignEnvironment(), ...env } },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: patience,
  });
  const [out, err, [code]] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'close')]);
  if (code !== 0) throw new Error(`the page's commands failed (${code}):\n${out.slice(-6_000)}\n${err.slice(-4_000)}`);
  const outputs = out.split(new RegExp(`^${MARK} \\d+\\n`, 'm')).slice(1);
  return blocks.map((block, at) => ({ block, output: outputs[at] ?? '' }));
}
