/**
 * Keeps what is to be sent until this turn of the event loop is over, so that all of it leaves in one write: a write that wakes
 * another process costs more than making the message.
 */
export class Outbox {
  #sending: (() => void)[] = [];

  /** @param send sends one message; never throws */
  put(send: () => void): void {
    if (this.#sending.push(send) === 1) setImmediate(() => this.flush());
  }

  flush(): void {
    const sending = this.#sending;
    this.#sending = [];
    for (const send of sending) send();
  }
}
