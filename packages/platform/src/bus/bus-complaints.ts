import { AuthorizationError, PermissionViolationError } from '@nats-io/transport-node';
import { Logger } from '../logging/logger.js';

/** What goes on being wrong is said again after so long, and not each time it happens. */
const SAY_AGAIN_AFTER_MS = 60_000;
const MOST_REMEMBERED = 200;

/** Says in the log what the bus server refuses: each thing at once, and then now and then while it lasts. */
export class BusComplaints {
  readonly #said = new Map<string, number>();

  constructor(
    private readonly logger: Logger,
    /** Of this process's identity, where it has one; it is what an operator looks for in the server's list. */
    private readonly publicKey: string | undefined,
  ) {}

  about(error: Error): void {
    if (error instanceof PermissionViolationError) {
      const { operation, subject, queue } = error;
      const fields = { operation, subject, ...(queue && { queue }), nkey: this.publicKey };
      // An inbox has a name of its own for every request.
      const what = subject.startsWith('_INBOX') ? 'an inbox' : subject;
      this.#say(`${operation} ${what} ${queue}`, () => this.logger.error(fields, 'bus: permission violation'));
    } else if (error instanceof AuthorizationError) {
      const what = this.publicKey ? 'bus: the server refuses this identity' : 'bus: the server asks for an identity';
      this.#say('identity', () => this.logger.error({ nkey: this.publicKey, reason: error.message }, what));
    } else {
      this.#say(error.message, () => this.logger.warn({ reason: error.message }, 'bus: trouble'));
    }
  }

  /** What was wrong is over: should it come back, it is said at once. */
  forget(): void {
    this.#said.clear();
  }

  #say(what: string, say: () => void): void {
    const now = Date.now();
    if (now - (this.#said.get(what) ?? Number.NEGATIVE_INFINITY) < SAY_AGAIN_AFTER_MS) return;
    if (this.#said.size >= MOST_REMEMBERED) this.#said.clear();
    this.#said.set(what, now);
    say();
  }
}
