import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppTree } from './app-tree.js';

/** Who owns nothing; root's own rights would hide that somebody writes where nobody may. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const PATIENCE_MS = 60_000;

export interface AppProcess {
  readonly healthUrl: string;
  /** What it printed. */
  said(): string;
  /** SIGTERM. @returns the exit code; safe to call twice */
  stop(): Promise<number | null>;
}

type Env = Readonly<Record<string, string>>;

/**
 * Starts the app as its image would, with these variables and no others, and waits until it is ready.
 *
 * @throws Error with what it said
 */
export async function startApp(tree: AppTree, env: Env): Promise<AppProcess> {
  const { child, said } = launch(tree, [], env);
  const gone = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const impatience = setTimeout(() => child.kill('SIGKILL'), 30_000);
    await gone;
    clearTimeout(impatience);
    return child.exitCode;
  };
  const healthUrl = `http://127.0.0.1:${env['HEALTH_PORT']}`;
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isReady(healthUrl))) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`${tree.app} did not get ready: ${said().slice(-2000)}`);
    }
    await sleep(150);
  }
  return { healthUrl, said, stop };
}

/** Runs a command of the app's to its end. */
export async function runApp(
  tree: AppTree,
  args: readonly string[],
  env: Env,
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const { child, out, err } = launch(tree, args, env);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out: out().trim(), err: err().trim() };
}

function launch(tree: AppTree, args: readonly string[], env: Env) {
  const child: ChildProcess = spawn(process.execPath, ['main.js', ...args], {
    cwd: tree.folder,
    env: { ...env, PATH: process.env['PATH'], NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...NOBODY,
  });
  const texts = { out: '', err: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    texts.out += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    texts.err += chunk;
  });
  child.on('error', (error) => {
    texts.err += error.message;
  });
  return { child, out: () => texts.out, err: () => texts.err, said: () => texts.out + texts.err };
}

async function isReady(healthUrl: string): Promise<boolean> {
  try {
    const reply = await fetch(`${healthUrl}/readyz`, { signal: AbortSignal.timeout(2000) });
    await reply.arrayBuffer();
    return reply.status === 200;
  } catch {
    return false;
  }
}
