import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LocalServiceError } from './local-service-error.js';
import { OutputRing } from './process/output-ring.js';
import { repositoryRoot } from './repository-root.js';

/**
 * Runs `npm run grantway -- ARGS` as its own process and waits for it.
 *
 * @param env laid over our own environment
 * @param root the top of the built clone whose command it is
 * @throws LocalServiceError carrying what it printed, when it fails
 */
export async function runAdmin(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  root: string = repositoryRoot,
): Promise<string> {
  const cli = join(root, 'apps/admin/dist/cli.js');
  if (!existsSync(cli)) throw new LocalServiceError('apps/admin is not built: npm run build');
  const output = new OutputRing(500);
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => output.write(chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => output.write(chunk, 'stderr'));
  const [code, signal] = await once(child, 'close');
  const said = output.last().join('\n').trim();
  if (code !== 0) {
    throw new LocalServiceError(`"grantway ${args.join(' ')}" failed (${signal ?? `exit code ${code}`}):\n${said}`);
  }
  return said;
}

/**
 * Brings a database up to date: migrations, then the environments of a YAML file or a folder of them.
 *
 * @throws LocalServiceError when either refuses
 */
export async function migrateAndApply(
  environments: string,
  env: Readonly<Record<string, string>>,
  root?: string,
): Promise<void> {
  await runAdmin(['migrate'], env, root);
  await runAdmin(['apply', environments], env, root);
}
