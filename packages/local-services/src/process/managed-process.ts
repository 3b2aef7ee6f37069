import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { LocalServiceError } from '../local-service-error.js';
import { repositoryRoot } from '../repository-root.js';
import { OutputRing } from './output-ring.js';

// From `src` (our own specs) the compiled file is used too: plain Node can't load TypeScript.
const parentWatch = new URL('../../dist/process/parent-watch.js', import.meta.url).href;

export interface ManagedProcessOptions {
  /** How messages call it: `token-1`. */
  readonly name: string;
  /** The JavaScript file to run with this Node; asked for at every start where it is a function. */
  readonly script: string | (() => string);
  readonly args?: readonly string[];
  /** Laid over our own environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Asked until it answers 200; absent: ready as soon as it runs. */
  readonly readyUrl?: string;
  /** Milliseconds until readiness is given up; default 90 000. */
  readonly readyTimeout?: number;
  /** Called with each line the process prints. */
  readonly onLine?: (line: string) => void;
  /** Called when it ends although nobody stopped it. */
  readonly onUnexpectedExit?: (how: string) => void;
  /**
   * Whether it leads a process group of its own, so that Ctrl-C in a terminal reaches us first and we can drain in
   * order; default true. The test stack says false, to be able to end a whole run as one group.
   */
  readonly ownGroup?: boolean;
}

/** One Node process of ours: started, waited for, watched, stopped or killed, and started again with the same settings. */
export class ManagedProcess {
  private child: ChildProcess | undefined;
  private ending = false;
  private ready = false;
  private readonly output: OutputRing;

  constructor(private readonly options: ManagedProcessOptions) {
    this.output = new OutputRing(200, options.onLine);
  }

  get name(): string {
    return this.options.name;
  }

  /** The process id while it runs. */
  get pid(): number | undefined {
    return this.isRunning ? this.child?.pid : undefined;
  }

  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** The last lines it printed, over all its lives. */
  lastLines(count?: number): string[] {
    return this.output.last(count);
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @throws LocalServiceError carrying its last lines when it ends or stays unready; it is then no longer running
   */
  async start(): Promise<this> {
    if (this.isRunning) return this;
    this.ending = false;
    this.ready = false;
    const { script, args = [] } = this.options;
    const child = spawn(
      process.execPath,
      ['--import', parentWatch, typeof script === 'string' ? script : script(), ...args],
      {
        cwd: repositoryRoot,
        env: childEnvironment(this.options.env),
        detached: this.options.ownGroup ?? true,
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    );
    this.child = child;
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => this.output.write(chunk, 'stdout'));
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => this.output.write(chunk, 'stderr'));
    child.on('error', (error) => this.output.write(`${error.message}\n`, 'stderr'));
    child.once('exit', (code, signal) => {
      if (this.ready && !this.ending && this.child === child) this.options.onUnexpectedExit?.(describe(code, signal));
    });
    await this.untilReady(child);
    this.ready = true;
    return this;
  }

  /**
   * Asks it to drain (SIGTERM) and waits; after `patience` milliseconds it is killed.
   *
   * @returns whether it went by itself
   */
  async stop(patience = 30_000): Promise<boolean> {
    return this.end('SIGTERM', patience);
  }

  /** Ends it as a crash would (SIGKILL) and waits until it is gone. */
  async kill(): Promise<void> {
    await this.end('SIGKILL', 10_000);
  }

  /** Stops it if it runs, then starts it with the same settings. */
  async restart(): Promise<this> {
    await this.stop();
    return this.start();
  }

  private async end(signal: NodeJS.Signals, patience: number): Promise<boolean> {
    const child = this.child;
    if (!child || !this.isRunning) return true;
    this.ending = true;
    const gone = once(child, 'exit');
    child.kill(signal);
    let byItself = true;
    const impatience = setTimeout(() => {
      byItself = false;
      child.kill('SIGKILL');
    }, patience);
    await gone;
    clearTimeout(impatience);
    return byItself;
  }

  private async untilReady(child: ChildProcess): Promise<void> {
    const { readyUrl, readyTimeout = 90_000, name } = this.options;
    const deadline = Date.now() + readyTimeout;
    for (;;) {
      if (child.pid === undefined || !this.isRunning) {
        await settle(child);
        throw this.failure(`${name} stopped (${describe(child.exitCode, child.signalCode)}) before it was ready`);
      }
      if (!readyUrl || (await answersOk(readyUrl))) return;
      if (Date.now() > deadline) {
        await this.kill();
        throw this.failure(`${name} was not ready after ${readyTimeout / 1000} s (${readyUrl})`);
      }
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }

  private failure(what: string): LocalServiceError {
    const said = this.lastLines(20);
    return new LocalServiceError(said.length ? `${what}; it said:\n  ${said.join('\n  ')}` : what);
  }
}

function childEnvironment(overlay: ManagedProcessOptions['env'] = {}): NodeJS.ProcessEnv {
  // NODE_OPTIONS is meant for us (a test runner's loader flags), not for the services.
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_OPTIONS: undefined, JEST_WORKER_ID: undefined, ...overlay };
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
}

async function answersOk(url: string): Promise<boolean> {
  try {
    const reply = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await reply.arrayBuffer();
    return reply.status === 200;
  } catch {
    return false;
  }
}

/** Lets the last output arrive: `exit` may come before the pipes are empty. */
async function settle(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || (child.stdout?.closed && child.stderr?.closed)) return;
  await Promise.race([once(child, 'close'), new Promise((resolve) => setTimeout(resolve, 500))]);
}

function describe(code: number | null, signal: NodeJS.Signals | null): string {
  return signal ? `signal ${signal}` : `exit code ${code ?? 'unknown'}`;
}
