import { join } from 'node:path';
import {
  type BusIdentities,
  crashPostgres,
  type EmbeddedPostgres,
  type Fleet,
  freePort,
  freezePostgres,
  makeBusIdentities,
  type NatsServer,
  type Replicas,
  startEmbeddedPostgres,
  startFleet,
  startNats,
} from '@grantway/local-services';
import type { App } from '../../support/app.js';
import type { EnvironmentFile } from '../../support/environments.js';
import { eventually } from '../../support/eventually.js';
import { Installation } from './installation.js';

/** Milliseconds; short, so that what waits for a deadline does not wait long. */
export const DEADLINE = 2_000;

/** The distributed mode with a PostgreSQL and a nats-server that nobody else uses, to be broken. */
export class PrivateFleet {
  private constructor(
    readonly installation: Installation,
    readonly fleet: Fleet,
    private postgres: EmbeddedPostgres,
    private nats: NatsServer,
    readonly identities: BusIdentities | undefined,
  ) {}

  /** @param grants slugs of grants that join it; where there are any, nobody is on the bus without an identity */
  static async start(
    replicas: Partial<Replicas> = {},
    change?: (file: EnvironmentFile) => void,
    env: Readonly<Record<string, string>> = {},
    grants: readonly string[] = [],
  ): Promise<PrivateFleet> {
    const installation = await Installation.prepare(change);
    const identities =
      grants.length > 0 ? await makeBusIdentities(join(installation.folder, 'bus'), { grants }) : undefined;
    const [postgres, nats, publicPort] = await Promise.all([
      openPostgres(installation),
      startNats({ ownGroup: false, users: identities?.users }),
      freePort(),
    ]);
    const databaseUrl = postgres.url('grantway');
    await installation.apply(databaseUrl, `http://localhost:${publicPort}`);
    const fleet = await startFleet({
      ...{ databaseUrl, natsUrl: nats.url, publicPort, ownGroup: false, identities },
      replicas: { token: 2, authorize: 2, gateway: 1, ...replicas },
      // Everything there is to say is said, so that a secret in it would be found (HT-06).
      env: {
        ...env,
        ...{ GRANTWAY_MASTER_KEY: installation.masterKey, REQUEST_TIMEOUT_MS: String(DEADLINE), LOG_LEVEL: 'debug' },
      },
      onLine: (_name, line) => void installation.output.push(line),
    });
    return new PrivateFleet(installation, fleet, postgres, nats, identities);
  }

  /** Why the gateway had no answer, each time since this call; what was waited for reads `timeout`. */
  troublesFromNow(): () => Promise<string[]> {
    const { output } = this.installation;
    const from = output.length;
    return async () => output.slice(from).flatMap((line) => /"trouble":"(\w+)"/.exec(line)?.[1] ?? []);
  }

  get databaseUrl(): string {
    return this.postgres.url('grantway');
  }

  get natsUrl(): string {
    return this.nats.url;
  }

  get natsPort(): number {
    return this.nats.port;
  }

  app(id?: string): App {
    return this.installation.app(this.fleet.publicUrl, id);
  }

  named(app: 'token' | 'authorize' | 'gateway') {
    return this.fleet.processes.filter(({ name }) => name.startsWith(`${app}-`));
  }

  /** Which checks the service's own probe says are failing; empty when it wants traffic. */
  async missing(name: string): Promise<string[]> {
    const answer = await fetch(`${this.fleet.process(name).healthUrl}/readyz`);
    return ((await answer.json()) as { missing?: string[] }).missing ?? [];
  }

  stopPostgres(): Promise<void> {
    return this.postgres.stop();
  }

  /** As a crash: its processes leave no note. */
  async killPostgres(): Promise<void> {
    await crashPostgres(this.postgres);
  }

  async startPostgres(): Promise<void> {
    this.postgres = await openPostgres(this.installation);
  }

  /** Every session stands still, with its connection open. @returns what lets them go on */
  freezePostgres(): Promise<() => void> {
    return freezePostgres(this.postgres, 'grantway');
  }

  async killNats(): Promise<void> {
    process.kill(this.nats.pid, 'SIGKILL');
    await eventually(async () => isGone(this.nats.pid), Boolean);
  }

  async startNats(): Promise<void> {
    this.nats = await startNats({ port: this.nats.port, ownGroup: false, users: this.identities?.users });
  }

  freezeNats(): () => void {
    process.kill(this.nats.pid, 'SIGSTOP');
    return () => void process.kill(this.nats.pid, 'SIGCONT');
  }

  async stop(): Promise<void> {
    await this.fleet.stop();
    await Promise.all([this.nats.stop(), this.postgres.stop()]);
    await this.installation.remove();
  }
}

function openPostgres(installation: Installation): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({
    dataDir: dataDirOf(installation),
    databases: ['grantway'],
    // Only a power cut would lose what the system has not yet written; what PostgreSQL has not, a kill would.
    extraSettings: { fsync: 'off', full_page_writes: 'off' },
  });
}

function dataDirOf({ folder }: Installation): string {
  return join(folder, 'postgres');
}

function isGone(pid: number): boolean {
  try {
    return !process.kill(pid, 0);
  } catch {
    return true;
  }
}
