import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, ClientKey, type EnvironmentFile } from '@grantway/conformance';
import {
  crashPostgres,
  type EmbeddedPostgres,
  type Fleet,
  type FleetProcess,
  freePort,
  freezePostgres,
  migrateAndApply,
  type NatsServer,
  repositoryRoot,
  runAdmin,
  startEmbeddedPostgres,
  startFleet,
  startNats,
  startTcpRelay,
  type TcpRelay,
} from '@grantway/local-services';
import { FAILPOINTS } from '../failpoints/failpoint.js';
import { Balancer } from './balancer.js';
import { clientOf, ENVIRONMENT, environmentFile } from './environment.js';
import { natsVersion } from './nats-version.js';
import { query } from './query.js';
import { TcpDoor } from './tcp-door.js';
import { Undo } from './undo.js';

export interface HouseOptions {
  /** The top of the built clone it is run and migrated from; default this one. */
  readonly root?: string;
  /** See ManagedProcess; false in tests. */
  readonly ownGroup?: boolean;
  /** Seconds each process goes on serving after it was told to stop. */
  readonly drainSeconds?: number;
  /** Told what a process printed. */
  readonly onLine?: (process: string, line: string) => void;
}

/** Milliseconds until a gateway answers 503; short, so that what waits for it does not wait long. */
export const DEADLINE = 3_000;
const SERVICES = ['gateway', 'authorize', 'token', 'device', 'ciba'] as const;
export type Service = (typeof SERVICES)[number];
const TWO_OF_EACH = { gateway: 2, authorize: 2, token: 2, device: 2, ciba: 2 };

/** An installation to be broken: two of each service and of the gateway behind a balancer, PostgreSQL and NATS of its own. */
export class House {
  readonly signer = ClientKey.make();
  readonly file: EnvironmentFile = environmentFile(this.signer);
  /** Why gateways had no answer, and how often, since somebody last looked. */
  troubles: Record<string, number> = {};
  /** Processes that ended though nobody here ended them, and how. */
  readonly deaths: string[] = [];
  readonly #roots = new Map<string, string>();
  readonly #masterKey = randomBytes(32).toString('base64url');
  readonly #undo = new Undo();
  readonly #stopped = new Set<number>();
  readonly #relays = new Map<string, TcpRelay>();
  readonly #comingBack = new Set<Promise<unknown>>();
  #opening: Promise<void> | undefined;
  #folder!: string;
  #postgres!: EmbeddedPostgres;
  #nats!: NatsServer;
  #fleet!: Fleet;
  #balancer!: Balancer;
  #tcpDoor!: TcpDoor;
  #publicUrl!: string;

  /** Nothing runs yet. */
  constructor(private readonly options: HouseOptions = {}) {}

  /** @throws LocalServiceError when something does not come up; nothing is left behind */
  static async start(options?: HouseOptions): Promise<House> {
    const house = new House(options);
    await house.open();
    return house;
  }

  /** @throws LocalServiceError when something does not come up; nothing is left behind */
  async open(): Promise<void> {
    this.#opening = this.#start();
    await this.#opening.catch(async (error) => {
      await this.#undo.all();
      throw error;
    });
  }

  /** Where a failpoint is armed. */
  get failpoint(): string {
    return FAILPOINTS.file(this.#folder);
  }

  get publicUrl(): string {
    return this.#publicUrl;
  }

  /** Where connections are kept straight to a gateway. */
  get tcpPort(): number {
    return this.#tcpDoor.port;
  }

  get balancer(): Balancer {
    return this.#balancer;
  }

  get databaseUrl(): string {
    return this.#postgres.url('grantway');
  }

  get processes(): readonly FleetProcess[] {
    return this.#fleet.processes;
  }

  process(name: string): FleetProcess {
    return this.#fleet.process(name);
  }

  both(service: Service): FleetProcess[] {
    return [1, 2].map((n) => this.process(`${service}-${n}`));
  }

  app(id = 'web'): App {
    const { redirectUris, secret, scopes } = clientOf(this.file, id);
    const redirectUri = redirectUris?.[0] ?? 'https://rp.example/none';
    return new App(this.publicUrl, ENVIRONMENT, id, redirectUri, secret, scopes?.join(' '));
  }

  /** Edits the environment and applies it as an operator does. */
  async change(edit: (file: EnvironmentFile) => void): Promise<void> {
    edit(this.file);
    await this.#writeFile();
    await this.admin(['apply', this.#environmentFile]);
  }

  /** `npm run grantway -- ARGS` on this installation. @param root whose command it is */
  admin(args: readonly string[], root: string = this.options.root ?? repositoryRoot): Promise<string> {
    return runAdmin(args, this.#adminEnv, root);
  }

  sql<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
    return query<T>(this.databaseUrl, text, values);
  }

  /** From its next start on, this process runs what is built there. */
  runFrom(name: string, root: string): void {
    this.#roots.set(name, root);
  }

  /** SIGSTOP. @returns SIGCONT */
  freeze(...pids: number[]): () => void {
    for (const pid of pids) {
      process.kill(pid, 'SIGSTOP');
      this.#stopped.add(pid);
    }
    return () => {
      for (const pid of pids) if (this.#stopped.delete(pid)) goOn(pid);
    };
  }

  async crashPostgres(): Promise<void> {
    await crashPostgres(this.#postgres);
  }

  async startPostgres(): Promise<void> {
    this.#postgres = await startEmbeddedPostgres({
      dataDir: join(this.#folder, 'postgres'),
      databases: ['grantway'],
      // A killed process loses nothing that the system has; only a power cut would.
      extraSettings: { fsync: 'off', full_page_writes: 'off' },
    });
  }

  freezePostgres(): Promise<() => void> {
    return freezePostgres(this.#postgres, 'grantway');
  }

  async crashNats(): Promise<void> {
    const { pid } = this.#nats;
    process.kill(pid, 'SIGKILL');
    await this.#nats.stop(); // Waits until it is gone.
  }

  async startNats(): Promise<void> {
    this.#nats = await startNats({ port: this.#nats.port, ownGroup: this.options.ownGroup ?? true });
  }

  /** `2.12.1` */
  natsVersion(): Promise<string> {
    return natsVersion(this.#nats.port);
  }

  freezeNats(): () => void {
    return this.freeze(this.#nats.pid);
  }

  /** What stands between a service's first process and NATS. @throws Error for others */
  linkOf(name: string): TcpRelay {
    const relay = this.#relays.get(name);
    if (!relay) throw new Error(`${name} has no relay`);
    return relay;
  }

  /** All that died by itself has been started again. */
  async everybodyIsBack(): Promise<void> {
    await Promise.all(this.#comingBack);
  }

  /** Also while it opens: what has begun is then brought to its end first. */
  async stop(): Promise<void> {
    await this.#opening?.catch(() => {});
    for (const pid of this.#stopped) goOn(pid);
    await this.#undo.all();
  }

  get #environmentFile(): string {
    return join(this.#folder, 'environment.json');
  }

  get #adminEnv(): Record<string, string> {
    const key = { GRANTWAY_MASTER_KEY: this.#masterKey };
    return { ...key, DATABASE_URL: this.databaseUrl, PUBLIC_URL: this.publicUrl };
  }

  /** JSON is YAML. */
  #writeFile(): Promise<void> {
    return writeFile(this.#environmentFile, JSON.stringify(this.file));
  }

  async #start(): Promise<void> {
    const { root, ownGroup = true, drainSeconds = 1, onLine } = this.options;
    this.#folder = await mkdtemp(join(process.env['GRANTWAY_TEST_DIR'] ?? tmpdir(), 'grantway-chaos-'));
    this.#undo.first(() => rm(this.#folder, { recursive: true, force: true }));
    await this.startPostgres();
    this.#undo.first(() => this.#postgres.stop());
    this.#nats = await startNats({ ownGroup });
    this.#undo.first(() => this.#nats.stop());
    for (const service of SERVICES) {
      const relay = await startTcpRelay({ host: '127.0.0.1', port: this.#nats.port });
      this.#relays.set(`${service}-1`, relay);
      this.#undo.first(() => relay.close());
    }
    const port = await freePort();
    this.#publicUrl = `http://localhost:${port}`;
    await this.#writeFile();
    await migrateAndApply(this.#environmentFile, this.#adminEnv, root);
    this.#fleet = await startFleet({
      ...{ databaseUrl: this.databaseUrl, natsUrl: this.#nats.url, publicUrl: this.#publicUrl, ownGroup },
      publicPort: await freePort(),
      replicas: TWO_OF_EACH,
      env: {
        ...FAILPOINTS.env(this.#folder),
        GRANTWAY_MASTER_KEY: this.#masterKey,
        REQUEST_TIMEOUT_MS: String(DEADLINE),
        DRAIN_SECONDS: String(drainSeconds),
        // What the balancer passes on of the client's address is believed: people come from many.
        TRUSTED_PROXY_HOPS: '1',
        LOG_LEVEL: 'warn',
      },
      envOf: (name) => {
        const port = this.#relays.get(name)?.port;
        return port === undefined ? {} : { NATS_URL: `nats://127.0.0.1:${port}` };
      },
      rootOf: (name) => this.#roots.get(name) ?? root ?? repositoryRoot,
      onUnexpectedExit: (name, how) => this.#startAgain(name, how),
      onLine: (name, line) => {
        const trouble = /"trouble":"(\w+)"/.exec(line)?.[1];
        if (trouble) this.troubles[trouble] = (this.troubles[trouble] ?? 0) + 1;
        onLine?.(name, line);
      },
    });
    this.#undo.first(() => this.#fleet.stop());
    const gateways = this.both('gateway').map(({ name, url = '', healthUrl }) => ({ name, url, healthUrl }));
    this.#balancer = await Balancer.open(port, gateways);
    this.#undo.first(() => this.#balancer.close());
    this.#tcpDoor = await TcpDoor.open(gateways, (name) => this.#balancer.isReady(name));
    this.#undo.first(() => this.#tcpDoor.close());
    this.#undo.first(() => this.everybodyIsBack());
  }

  /** As whoever runs pods does. */
  #startAgain(name: string, how: string): void {
    this.deaths.push(`${name} (${how})`);
    const start = this.process(name)
      .start()
      .catch((error) => this.deaths.push(`${name} did not come back: ${error}`))
      .finally(() => this.#comingBack.delete(start));
    this.#comingBack.add(start);
  }
}

function goOn(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // It is gone.
  }
}
