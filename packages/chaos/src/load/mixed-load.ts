import { setTimeout as sleep } from 'node:timers/promises';
import type { House } from '../house/house.js';
import type { Random } from '../random.js';
import { CibaFlow } from './flows/ciba.flow.js';
import { DeviceFlow } from './flows/device.flow.js';
import { MachineFlow } from './flows/machine.flow.js';
import { ReaderFlow } from './flows/reader.flow.js';
import { RefreshFlow } from './flows/refresh.flow.js';
import { RegularFlow } from './flows/regular.flow.js';
import { MetadataFlow, SignInFlow } from './flows/sign-in.flow.js';
import { SignedOnFlow } from './flows/signed-on.flow.js';
import { Honest } from './honest.js';
import { Ledger } from './ledger.js';
import { Outcomes } from './outcomes.js';
import type { Flow, Street } from './street.js';

/** Every flow by its name, and how many clients go through it at a time. */
const FLOWS: Readonly<Record<string, { readonly clients: number; open(street: Street): Flow }>> = {
  machine: { clients: 2, open: (street) => new MachineFlow(street) },
  'sign-in': { clients: 1, open: (street) => new SignInFlow(street) },
  'signed-on': { clients: 2, open: (street) => new SignedOnFlow(street) },
  refresh: { clients: 2, open: (street) => new RefreshFlow(street) },
  device: { clients: 1, open: (street) => new DeviceFlow(street) },
  ciba: { clients: 1, open: (street) => new CibaFlow(street) },
  reader: { clients: 1, open: (street) => new ReaderFlow(street) },
  regular: { clients: 2, open: (street) => new RegularFlow(street) },
  metadata: { clients: 1, open: (street) => new MetadataFlow(street) },
};

const PAUSE = 20;

/** All flows at the same time, over and over, with what each was given written down. */
export class MixedLoad {
  readonly outcomes = new Outcomes();
  readonly ledger = new Ledger();
  readonly #clients: { readonly flow: Flow; readonly honest: Honest }[] = [];
  #running: Promise<unknown> | undefined;
  readonly #flows: readonly string[];
  #isOver = false;

  /**
   * @param pause milliseconds between two turns of a client
   * @param without flows that are left out
   */
  constructor(
    house: House,
    random: Random,
    private readonly pause = PAUSE,
    without: readonly string[] = [],
  ) {
    this.#flows = Object.keys(FLOWS).filter((name) => !without.includes(name));
    for (const name of this.#flows) {
      const { clients, open } = FLOWS[name] as (typeof FLOWS)[string];
      for (let n = 0; n < clients; n += 1) {
        const honest = this.honest(name);
        this.#clients.push({ honest, flow: open({ house, honest, random, ledger: this.ledger }) });
      }
    }
  }

  /** A client of a recipe's own whose outcomes count with the others. */
  honest(name: string): Honest {
    return new Honest(name, this.outcomes, () => this.#isOver);
  }

  /** Once; the second time nothing happens. */
  start(): void {
    this.#running ??= Promise.all(this.#clients.map((client) => this.#loop(client)));
  }

  /** Whoever is in the middle of a turn ends it, and nobody asks again. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  /**
   * Waits until every flow was served again; nobody touches anything meanwhile (I15).
   *
   * @returns milliseconds it took, and the flows that were not within `patience`
   */
  async untilServed(patience: number): Promise<{ took: number; missing: string[] }> {
    const from = Date.now();
    for (;;) {
      const missing = this.#flows.filter((name) => (this.outcomes.lastServed.get(name) ?? 0) <= from);
      const took = Date.now() - from;
      if (missing.length === 0 || took > patience) return { took, missing };
      await sleep(50);
    }
  }

  async #loop({ flow, honest }: { flow: Flow; honest: Honest }): Promise<void> {
    while (!this.#isOver) {
      await flow.turn().catch((error: Error) => honest.wrong('turn', `${error.message}`.slice(0, 300)));
      await sleep(this.pause);
    }
  }
}
