import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.js';
import { LocalServiceError } from '../local-service-error.js';
import { OutputRing } from '../process/output-ring.js';
import { dockerEngineAnswers, findNatsServer } from './find-nats-server.js';
import { givenServerConfig, type ServerConfig, writeServerConfig } from './server-config.js';

/** A nats-server of our own on 127.0.0.1. */
export interface NatsServer {
  /** `nats://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Of nats-server, or of the Docker client that holds it. */
  readonly pid: number;
  /** Has it read its files again (SIGHUP), as `nats-server --signal reload` does. It says nothing when it is done. */
  reload(): void;
  /** Ends it and waits. Safe to call twice. */
  stop(): Promise<void>;
}

export interface NatsOptions {
  /** Absent: any free one. */
  readonly port?: number;
  /** Whether it leads a process group of its own, out of reach of a terminal's Ctrl-C; default true. */
  readonly ownGroup?: boolean;
  /** A `nats-users.conf` made by `grantway nats-config`; absent: everybody may do everything. */
  readonly users?: string | undefined;
  /** A configuration file to use as it is, with absolute paths in it; then {@link users} is not looked at. */
  readonly config?: string;
}

// Kept with docker-compose.yml's.
const IMAGE = 'nats:2.12';

/**
 * Starts a nats-server, the one on this machine or else one in Docker, and waits until it accepts connections.
 *
 * @throws LocalServiceError when there is neither, or it does not start
 */
export async function startNats({ port, ownGroup = true, users, config }: NatsOptions = {}): Promise<NatsServer> {
  for (let tries = 1; ; tries += 1) {
    const chosen = port ?? (await freePort());
    try {
      return await startOn(
        chosen,
        ownGroup,
        config === undefined ? await writeServerConfig(users) : givenServerConfig(config),
      );
    } catch (error) {
      // A free port may be taken between our look and the server's.
      if (!(error instanceof PortTaken) || port || tries === 5) throw error;
    }
  }
}

class PortTaken extends LocalServiceError {}

async function startOn(port: number, ownGroup: boolean, config: ServerConfig): Promise<NatsServer> {
  const output = new OutputRing(50);
  const child = launch(port, ownGroup, config);
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => output.write(chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => output.write(chunk, 'stderr'));
  child.once('error', (error) => output.write(`${error.message}\n`));
  const isRunning = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const onExit = () => child.kill('SIGTERM');
  const stop = async () => {
    process.off('exit', onExit);
    await config.remove();
    if (!isRunning()) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const impatience = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await gone;
    clearTimeout(impatience);
  };
  process.once('exit', onExit);
  const deadline = Date.now() + 60_000; // Docker may have to fetch the image.
  while (!output.last().some((line) => line.includes('Server is ready'))) {
    if (isRunning() && Date.now() < deadline) {
      await sleep(10);
      continue;
    }
    await stop();
    const said = output.last(5).join('\n  ');
    if (/address already in use|port is already allocated/.test(said)) {
      throw new PortTaken(`Port ${port} is taken: nats-server can't listen on it.`);
    }
    throw new LocalServiceError(`nats-server did not start on port ${port}; it said:\n  ${said}`);
  }
  // From here on it must not keep our event loop alive.
  child.unref();
  for (const stream of [child.stdout, child.stderr]) (stream as { unref?: () => void } | null)?.unref?.();
  return { url: `nats://127.0.0.1:${port}`, port, pid: child.pid ?? 0, reload: () => child.kill('SIGHUP'), stop };
}

function launch(port: number, ownGroup: boolean, { file, mounts }: ServerConfig): ChildProcess {
  const binary = findNatsServer();
  const options = { detached: ownGroup, stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] };
  if (binary) return spawn(binary, ['--config', file, '--addr', '127.0.0.1', '--port', String(port)], options);
  if (dockerEngineAnswers()) {
    const volumes = mounts.flatMap((mount) => ['--volume', mount]);
    const published = ['--publish', `127.0.0.1:${port}:4222`];
    return spawn(
      'docker',
      ['run', '--rm', '--init', ...volumes, ...published, IMAGE, '--config', '/etc/nats/server.conf'],
      options,
    );
  }
  throw new LocalServiceError(
    'No nats-server was found: set NATS_URL to one that runs, or install it (Debian: apt-get install nats-server; macOS: brew install nats-server).',
  );
}
