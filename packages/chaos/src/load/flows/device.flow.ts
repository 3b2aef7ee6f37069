import { type Answer, answerDevice, Device, Person, type Started, type Tokens } from '@grantway/conformance';
import { SHOPPERS, type Someone } from '../../house/environment.js';
import { type Flow, fromSomewhere, heldBy, type Street } from '../street.js';

const shows = (action: string) => (answer: Answer) => answer.status === 200 && answer.text.includes(action);
const asksPassword = shows('usernamePassword.check');
const asksCode = shows('deviceAuthGrant.userCode.verify');
const asksConsent = shows('deviceAuthGrant.consent');
const isDone = ({ status, text }: Answer) => status === 200 && !text.includes('deviceAuthGrant');

/** A television is started, asked for too early every fifth time, approved in a browser, and polls its tokens. */
export class DeviceFlow implements Flow {
  readonly #device: Device;
  readonly #person: Person;
  readonly #someone: Someone;
  #turns = 0;

  constructor(private readonly street: Street) {
    this.#device = new Device(street.house.app('tv'));
    this.#person = new Person(street.house.publicUrl);
    this.#someone = street.random.pick(SHOPPERS);
  }

  async turn(): Promise<void> {
    const { honest, ledger, random } = this.street;
    this.#turns += 1;
    // Starts in the name of a public client are counted by address.
    const { answer } = await honest.insist('start', () => fromSomewhere(random, () => this.#device.request()));
    if (!answer) return;
    const started = answer.json<Started>();
    if (this.#turns % 5 === 0)
      await honest.insist('poll early', () => this.#device.poll(started), { served: isPending });
    const approved = await fromSomewhere(random, () => this.#approve(started));
    if (!approved) return;
    // RFC 8628 §3.5: whoever polls again too soon is told so; it is no verdict on the code.
    const polled = await honest.insist('poll', () => this.#device.poll(started), { afterLoss: ['invalid_grant'] });
    const tokens = polled.answer?.json<Tokens>();
    if (tokens) {
      ledger.spent(`device code ${started.device_code}`, tokens.access_token);
      ledger.received(...heldBy('tv', { access_token: tokens.access_token }));
    } else if (polled.verdict) ledger.undelivered.push({ kind: 'device_code', handle: started.device_code });
  }

  async #approve({ verification_uri, user_code }: Started): Promise<boolean> {
    const { honest } = this.street;
    const [person, { username, password }] = [this.#person, this.#someone];
    let page = await honest.once(
      'page',
      () => person.follow(verification_uri),
      (answer) => asksCode(answer) || asksPassword(answer),
    );
    if (page && asksPassword(page)) {
      const form = page;
      page = await honest.once('sign-on', () => person.signOn(form, username, password), asksCode);
    }
    if (!page) return false;
    const form = page;
    const entered = { action: 'deviceAuthGrant.userCode.verify', userCode: user_code };
    const consent = await honest.once(
      'enter code',
      async () => person.settle(await person.submit(form, entered)),
      asksConsent,
    );
    if (!consent) return false;
    return (await honest.once('approve', () => answerDevice(person, consent), isDone)) !== undefined;
  }
}

/** §3.5: `slow_down` where an earlier try had arrived after all. */
function isPending(answer: Answer): boolean {
  return answer.status === 400 && ['authorization_pending', 'slow_down'].includes(String(answer.error));
}
