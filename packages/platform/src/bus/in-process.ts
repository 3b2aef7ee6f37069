import { Bus, BusHandler, BusListener, BusMessage, BusSubscriber, BusTrouble, unwrap } from './bus.js';
import { Deadlines, Waiting } from './deadlines.js';

/** Both ends of the bus when all services share a process: a call instead of a message, with the same deadline. */
export class InProcessBus extends Bus implements BusListener {
  readonly #handlers = new Map<string, BusHandler>();
  readonly #subscribers: { readonly words: readonly string[]; readonly subscriber: BusSubscriber }[] = [];
  readonly #inHand = new Set<Promise<unknown>>();
  readonly #deadlines = new Deadlines();

  get connected(): boolean {
    return true;
  }

  serve(subject: string, _queue: string, handler: BusHandler): void {
    this.#handlers.set(subject, handler);
  }

  subscribe(pattern: string, subscriber: BusSubscriber): void {
    this.#subscribers.push({ words: pattern.split('.'), subscriber });
  }

  /** Heard later and as a copy, as over a wire: whoever publishes is not made to wait, nor to share. */
  publish(subject: string, message: object): boolean {
    const text = JSON.stringify(message);
    setImmediate(() => {
      for (const { words, subscriber } of this.#subscribers) {
        if (matches(words, subject)) subscriber(() => JSON.parse(text), subject, Buffer.byteLength(text));
      }
    });
    return true;
  }

  async request<Reply>(subject: string, message: BusMessage): Promise<Reply> {
    const handler = this.#handlers.get(subject);
    if (!handler) throw new BusTrouble('no_responders', subject);
    const answer = handler(message);
    this.#inHand.add(answer);
    return unwrap<Reply>(subject, await this.#inTime(message.deadline, subject, answer));
  }

  async drain(): Promise<void> {
    this.#handlers.clear();
    this.#subscribers.length = 0;
    await Promise.allSettled(this.#inHand);
  }

  #inTime<T>(deadline: number, subject: string, answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { deadline, late: () => reject(new BusTrouble('timeout', subject)) };
      this.#deadlines.add(waiting);
      const over = () => {
        this.#inHand.delete(answer);
        this.#deadlines.delete(waiting);
      };
      answer.then(
        (value) => {
          over();
          resolve(value);
        },
        (error: unknown) => {
          over();
          reject(error);
        },
      );
    });
  }
}

function matches(words: readonly string[], subject: string): boolean {
  const said = subject.split('.');
  return said.length === words.length && words.every((word, at) => word === '*' || word === said[at]);
}
