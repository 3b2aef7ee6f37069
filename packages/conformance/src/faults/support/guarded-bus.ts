import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BusIdentities, makeBusIdentities, type NatsServer, startNats } from '@grantway/local-services';
import { mayHear, mayServe } from './bus-subjects.js';
import { BusUser, type Claim } from './bus-user.js';

/** Who serves grants there, beside our own services. */
export const GRANT_SERVERS = { grants: ['team-one', 'team-two'], hosts: { hosted: ['token-exchange', 'password'] } };

/** A nats-server that asks who everybody is, by a list which the operator's command made. */
export class GuardedBus {
  readonly #open: BusUser[] = [];

  private constructor(
    readonly folder: string,
    readonly identities: BusIdentities,
    readonly nats: NatsServer,
  ) {}

  static async start(): Promise<GuardedBus> {
    const folder = await mkdtemp(join(process.env['GRANTWAY_TEST_DIR'] ?? tmpdir(), 'guarded-bus-'));
    const identities = await makeBusIdentities(join(folder, 'bus'), GRANT_SERVERS);
    return new GuardedBus(folder, identities, await startNats({ users: identities.users, ownGroup: false }));
  }

  /** Identities that are as good as ours, and not on the list. */
  foreign(): Promise<BusIdentities> {
    return makeBusIdentities(join(this.folder, 'foreign'), GRANT_SERVERS);
  }

  /** @throws Error with the server's words when it does not let them in */
  async enter(claim: Claim): Promise<BusUser> {
    const user = await BusUser.open(this.nats.port, claim);
    this.#open.push(user);
    return user;
  }

  as(name: string): Promise<BusUser> {
    return this.enter({ seedFile: this.identities.seedFile(name) });
  }

  /** One who listens to all they may listen to. */
  async listening(name: string): Promise<BusUser> {
    const user = await this.as(name);
    const places = [...mayHear(name).map((subject): [string] => [subject]), ...mayServe(name)];
    for (const [subject, queue] of places) {
      const objection = await user.subscribe(subject, queue);
      if (objection !== undefined) throw new Error(`${name} cannot listen to ${subject}: ${objection}`);
    }
    return user;
  }

  /** Everybody leaves. */
  clear(): void {
    for (const user of this.#open.splice(0)) user.close();
  }

  async stop(): Promise<void> {
    this.clear();
    await this.nats.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
