import { type Flow, isActive, type Street } from '../street.js';

/** An API that asks about tokens which others hold or gave back, at any moment of the run. */
export class ReaderFlow implements Flow {
  constructor(private readonly street: Street) {}

  async turn(): Promise<void> {
    const { honest, ledger, random } = this.street;
    const [live] = random.sample(latest(ledger.live), 1);
    // It may be given back between the question and the answer.
    if (live && (await isActive(this.street, live)) === false && ledger.isLive(live))
      honest.wrong('introspect', 'a token that its client holds is not active (I2)');
    const [gone] = random.sample(latest(ledger.gone), 1);
    if (gone && (await isActive(this.street, gone))) honest.wrong('introspect', 'a revoked token is active (I3)');
  }
}

/** The last hundred: picking from thousands at every turn would cost more than asking. */
function latest<T>(all: Iterable<T>): T[] {
  return [...all].slice(-100);
}
