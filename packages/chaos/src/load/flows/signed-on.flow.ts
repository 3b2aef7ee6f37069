import {
  ACCESS_TOKEN,
  type Answer,
  type App,
  EXCHANGE,
  Person,
  push,
  pushedUrl,
  type Tokens,
} from '@grantway/conformance';
import { SHOPPERS } from '../../house/environment.js';
import { codeFor, type Flow, fromSomewhere, heldBy, redeem, type Street } from '../street.js';

const leadsBack = ({ location }: Answer) => /[?&]code=/.test(location ?? '');

/** Somebody stays signed on: pushed requests, the codes they bring, and an exchange of what the codes bring. */
export class SignedOnFlow implements Flow {
  readonly #app: App;
  readonly #person: Person;
  #isSignedOn = false;

  constructor(private readonly street: Street) {
    this.#app = street.house.app('web');
    this.#person = new Person(street.house.publicUrl);
  }

  async turn(): Promise<void> {
    const { honest, ledger, random } = this.street;
    if (!this.#isSignedOn) {
      const code = await fromSomewhere(random, () =>
        codeFor(this.street, this.#app, this.#person, random.pick(SHOPPERS)),
      );
      this.#isSignedOn = code !== undefined;
      return;
    }
    const { answer } = await honest.insist('push', () => push(this.#app), { served: ({ status }) => status === 201 });
    if (!answer) return;
    const { request_uri } = answer.json<{ request_uri: string }>();
    // Used once: where the answer is lost, a person starts again.
    const back = await honest.once(
      'authorize pushed',
      () => this.#person.get(pushedUrl(this.#app, request_uri)),
      leadsBack,
    );
    const code = back && new URL(back.location as string).searchParams.get('code');
    if (!code) return;
    ledger.spent(`request_uri ${request_uri}`, code);
    const tokens = await redeem(this.street, this.#app, code);
    if (!tokens) return;
    const exchanged = await honest.insist('exchange', () =>
      this.#app.token({ grant_type: EXCHANGE, subject_token: tokens.access_token, subject_token_type: ACCESS_TOKEN }),
    );
    if (exchanged.answer) ledger.received(...heldBy(this.#app.clientId, exchanged.answer.json<Partial<Tokens>>()));
  }
}
