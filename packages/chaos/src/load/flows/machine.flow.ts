import { type App, giveBack, type Tokens } from '@grantway/conformance';
import { type Flow, heldBy, isActive, type Street } from '../street.js';

/** Client credentials; every second token is introspected, every third given back. */
export class MachineFlow implements Flow {
  readonly #app: App;
  #turns = 0;

  constructor(private readonly street: Street) {
    this.#app = street.house.app('service');
  }

  async turn(): Promise<void> {
    const { honest, ledger } = this.street;
    this.#turns += 1;
    const { answer } = await honest.insist('token', () => this.#app.token({ grant_type: 'client_credentials' }));
    if (!answer) return;
    const [held] = heldBy(this.#app.clientId, { access_token: answer.json<Tokens>().access_token });
    if (!held) return honest.wrong('token', 'no access token');
    if (this.#turns % 3 !== 0) {
      ledger.received(held);
      if (this.#turns % 2 === 0 && (await isActive(this.street, held)) === false)
        honest.wrong('introspect', 'a token just received is not active');
      return;
    }
    const revoked = await honest.insist('revoke', () => giveBack(this.#app, held.token));
    if (!revoked.answer) return;
    ledger.revoked(held);
    if (await isActive(this.street, held)) honest.wrong('introspect', 'a token just revoked is active');
  }
}
