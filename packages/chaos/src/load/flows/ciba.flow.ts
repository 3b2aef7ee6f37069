import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, Approver, type Asked, Person, requestId, Till, type Tokens } from '@grantway/conformance';
import { APPROVERS, ENVIRONMENT, type Someone } from '../../house/environment.js';
import { type Flow, fromSomewhere, heldBy, type Street } from '../street.js';

const isApprovals = ({ status, text }: Answer) => status === 200 && !text.includes('usernamePassword.check');

/** How often a page is reloaded, and milliseconds before each. */
const MOST_TRIES = 10;
const RELOAD_AFTER = 200;

/** Seconds: as long as an outage, and not so long that what lost answers left open fills what each may have. */
const EXPIRY = '60';

interface Asking {
  readonly someone: Someone;
  readonly approver: Approver;
}

/** A till asks somebody, who approves on the page of their own session, and polls its tokens. */
export class CibaFlow implements Flow {
  readonly #till: Till;
  readonly #approvers: readonly Asking[];
  #turns = 0;

  constructor(
    private readonly street: Street,
    who = APPROVERS,
  ) {
    const { house } = street;
    this.#till = new Till(house.app('till'));
    this.#approvers = who.map((someone) => {
      const person = new Person(house.publicUrl);
      return { someone, approver: new Approver({ id: ENVIRONMENT }, person, house.publicUrl, someone) };
    });
  }

  async turn(): Promise<void> {
    const { honest, ledger, random } = this.street;
    this.#turns += 1;
    const { someone, approver } = this.#approvers[this.#turns % this.#approvers.length] as Asking;
    const { answer } = await honest.insist('start', () =>
      this.#till.request({ login_hint: someone.username, requested_expiry: EXPIRY }),
    );
    if (!answer) return;
    const asked = answer.json<Asked>();
    if (!(await fromSomewhere(random, () => this.#approve(approver, asked)))) return;
    const polled = await honest.insist('poll', () => this.#till.poll(asked), {
      afterLoss: ['invalid_grant', 'expired_token'],
    });
    const tokens = polled.answer?.json<Tokens>();
    if (tokens) {
      ledger.spent(`auth_req_id ${asked.auth_req_id}`, tokens.access_token);
      ledger.received(...heldBy('till', { access_token: tokens.access_token }));
    } else if (polled.verdict === 'invalid_grant')
      ledger.undelivered.push({ kind: 'auth_req_id', handle: asked.auth_req_id });
  }

  /** As a person does who reloads the page when it does not come, and looks there whether the answer got through. */
  async #approve(approver: Approver, asked: Asked): Promise<boolean> {
    const { honest } = this.street;
    for (let tries = 0, hasPressed = false; tries < MOST_TRIES; tries += 1) {
      if (tries > 0) await sleep(RELOAD_AFTER);
      const page = await honest.once('approvals', () => approver.look(), isApprovals);
      if (!page) continue;
      if (!page.text.includes(requestId(asked))) {
        if (!hasPressed) honest.wrong('approvals', 'a request that was taken is not shown');
        return hasPressed;
      }
      hasPressed = true;
      const press = async () => approver.person.settle(await approver.press(page, asked, 'approve'));
      if (await honest.once('approve', press)) return true;
    }
    return false;
  }
}
