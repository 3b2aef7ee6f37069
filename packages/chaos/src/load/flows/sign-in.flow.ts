import { type App, giveBack, Person, request } from '@grantway/conformance';
import { SHOPPERS } from '../../house/environment.js';
import { codeFor, type Flow, fromSomewhere, heldBy, isActive, redeem, refresh, type Street } from '../street.js';

/** A whole sign-in by all pages to tokens, userinfo, a refresh; every third family is revoked by its refresh token. */
export class SignInFlow implements Flow {
  readonly #app: App;
  #turns = 0;

  constructor(private readonly street: Street) {
    this.#app = street.house.app('web');
  }

  async turn(): Promise<void> {
    const { honest, ledger, random, house } = this.street;
    this.#turns += 1;
    const person = new Person(house.publicUrl);
    const code = await fromSomewhere(random, () =>
      codeFor(this.street, this.#app, person, random.pick(SHOPPERS), { prompt: 'consent' }),
    );
    const first = code && (await redeem(this.street, this.#app, code));
    if (!first) return;
    await honest.insist('userinfo', () => this.#app.userInfo(first.access_token));
    const second = await refresh(this.street, this.#app, first);
    if (!second || this.#turns % 3 !== 0) return;
    const family = [
      ...heldBy(this.#app.clientId, { access_token: first.access_token }),
      ...heldBy(this.#app.clientId, second),
    ];
    ledger.letGo(...family.map(({ token }) => token));
    const revoked = await honest.insist('revoke', () => giveBack(this.#app, second.refresh_token));
    if (!revoked.answer) return;
    ledger.revoked(...family);
    for (const held of family)
      if (await isActive(this.street, held)) honest.wrong('introspect', 'a token of a revoked family is active');
  }
}

/** What anybody may read: metadata and keys. */
export class MetadataFlow implements Flow {
  readonly #app: App;

  constructor(private readonly street: Street) {
    this.#app = street.house.app('web');
  }

  async turn(): Promise<void> {
    const { honest } = this.street;
    await honest.insist('discovery', () => request(`${this.#app.issuer}/.well-known/openid-configuration`));
    await honest.insist('jwks', () => request(`${this.#app.issuer}/jwks`));
  }
}
