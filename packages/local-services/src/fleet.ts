import { join } from 'node:path';
import { freePort } from './free-port.js';
import { type BusIdentities } from './nats/bus-identities.js';
import { ManagedProcess } from './process/managed-process.js';
import { repositoryRoot } from './repository-root.js';

/** How many processes of each service. */
export interface Replicas {
  readonly token: number;
  readonly authorize: number;
  readonly device: number;
  readonly ciba: number;
  readonly gateway: number;
}

export interface FleetOptions {
  readonly databaseUrl: string;
  readonly natsUrl: string;
  /** Where the first gateway listens; the others take any free port. */
  readonly publicPort: number;
  /** The base of every issuer; default `http://localhost:PORT`. */
  readonly publicUrl?: string;
  readonly replicas?: Partial<Replicas>;
  /** Grant hosts by name, `host-<name>-1`, and what each is given as GRANTS. `env` tells the token service its own. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** Seeds for a bus that asks who everybody is: each process is given its own. Absent: they have none. */
  readonly identities?: BusIdentities | undefined;
  /** For every process, over our own environment: GRANTWAY_MASTER_KEY above all. */
  readonly env?: Readonly<Record<string, string>>;
  /** Laid over all that, for one process. */
  readonly envOf?: (process: string) => Readonly<Record<string, string>>;
  /** The top of the built clone that a process runs from, asked for at every start; default this one. */
  readonly rootOf?: (process: string) => string;
  readonly onLine?: (process: string, line: string) => void;
  readonly onUnexpectedExit?: (process: string, how: string) => void;
  /** See ManagedProcess. */
  readonly ownGroup?: boolean;
}

/** The distributed mode on one machine: each service its own processes, named `token-1`, `token-2` and so on. */
export interface Fleet {
  readonly publicUrl: string;
  readonly processes: readonly FleetProcess[];
  /** @throws Error when there is no such process */
  process(name: string): FleetProcess;
  /** Gateways first, so that nobody asks a service that is gone. */
  stop(): Promise<void>;
}

export interface FleetProcess extends Pick<ManagedProcess, 'name' | 'pid' | 'start' | 'stop' | 'kill' | 'restart'> {
  /** Its own /healthz and /readyz. */
  readonly healthUrl: string;
  /** Where it answers the public, for a gateway. */
  readonly url?: string;
  lastLines(count?: number): string[];
}

/**
 * Starts every service and waits until all are ready.
 *
 * @throws LocalServiceError with the last lines of the one that did not come up; the others are stopped again
 */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const publicUrl = options.publicUrl ?? `http://localhost:${options.publicPort}`;
  const { token = 2, authorize = 1, device = 1, ciba = 1, gateway = 1 } = options.replicas ?? {};
  const processes: FleetProcess[] = [];
  for (const [app, count] of Object.entries({ token, authorize, device, ciba, gateway })) {
    for (let n = 1; n <= count; n += 1)
      processes.push(await describeProcess({ app, user: app, n }, publicUrl, options));
  }
  for (const [name, grants] of Object.entries(options.hosts ?? {})) {
    const host = { app: 'grant-host', user: `host-${name}`, n: 1, env: { GRANTS: grants } };
    processes.push(await describeProcess(host, publicUrl, options));
  }
  const stop = async () => {
    const isGateway = ({ name }: FleetProcess) => name.startsWith('gateway-');
    await Promise.all(processes.filter(isGateway).map((each) => each.stop()));
    await Promise.all(processes.filter((each) => !isGateway(each)).map((each) => each.stop()));
  };
  const starts = await Promise.allSettled(processes.map((each) => each.start()));
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return {
    publicUrl,
    processes,
    process(name) {
      const found = processes.find((each) => each.name === name);
      if (!found) throw new Error(`no process ${name}; there are ${processes.map((each) => each.name).join(', ')}`);
      return found;
    },
    stop,
  };
}

interface Place {
  /** The folder below apps/. */
  readonly app: string;
  /** Who it is on the bus. */
  readonly user: string;
  readonly n: number;
  readonly env?: Readonly<Record<string, string>>;
}

async function describeProcess(
  { app, user, n, env }: Place,
  publicUrl: string,
  options: FleetOptions,
): Promise<FleetProcess> {
  const name = `${user}-${n}`;
  const healthPort = await freePort();
  const healthUrl = `http://127.0.0.1:${healthPort}`;
  const port = app === 'gateway' ? (n === 1 ? options.publicPort : await freePort()) : undefined;
  const managed = new ManagedProcess({
    name,
    script: () => join(options.rootOf?.(name) ?? repositoryRoot, 'apps', app, 'dist', 'main.js'),
    readyUrl: `${healthUrl}/readyz`,
    ownGroup: options.ownGroup ?? true,
    onLine: (line) => options.onLine?.(name, line),
    onUnexpectedExit: (how) => options.onUnexpectedExit?.(name, how),
    env: {
      LOG_LEVEL: process.env['LOG_LEVEL'],
      ...options.env,
      ...env,
      DATABASE_URL: options.databaseUrl,
      NATS_URL: options.natsUrl,
      // Whoever we are on the bus ourselves, they are not.
      NATS_NKEY_SEED: undefined,
      NATS_NKEY_FILE: options.identities?.seedFile(user),
      PUBLIC_URL: publicUrl,
      HEALTH_PORT: String(healthPort),
      PORT: undefined,
      // The public door holds no key and no state: it is not given what opens them.
      ...(port !== undefined && { PORT: String(port), DATABASE_URL: undefined, GRANTWAY_MASTER_KEY: undefined }),
      ...options.envOf?.(name),
    },
  });
  return Object.assign(managed, { healthUrl, ...(port !== undefined && { url: `http://127.0.0.1:${port}` }) });
}
