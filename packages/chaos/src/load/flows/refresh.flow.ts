import { type App, Person, type Tokens } from '@grantway/conformance';
import { SHOPPERS } from '../../house/environment.js';
import { codeFor, type Flow, fromSomewhere, redeem, refresh, type Street } from '../street.js';

/** One family of refresh tokens that is to outlive everything: every successor comes from the one before. */
export class RefreshFlow implements Flow {
  readonly #app: App;
  #tokens: Tokens | undefined;

  constructor(private readonly street: Street) {
    this.#app = street.house.app('web');
  }

  async turn(): Promise<void> {
    const { random, house } = this.street;
    if (this.#tokens) {
      this.#tokens = (await refresh(this.street, this.#app, this.#tokens)) ?? this.#tokens;
      return;
    }
    const person = new Person(house.publicUrl);
    const code = await fromSomewhere(random, () => codeFor(this.street, this.#app, person, random.pick(SHOPPERS)));
    if (code) this.#tokens = await redeem(this.street, this.#app, code);
  }
}
