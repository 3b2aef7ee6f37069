import { Bus, BusHandler, BusListener, BusMessage, BusTrouble, unwrap } from './bus.js';

/** Both ends of the bus when all services share a process: a call instead of a message, with the same deadline. */
export class InProcessBus extends Bus implements BusListener {
  readonly #handlers = new Map<string, BusHandler>();
  readonly #inHand = new Set<Promise<unknown>>();

  get connected(): boolean {
    return true;
  }

  serve(subject: string, _queue: string, handler: BusHandler): void {
    this.#handlers.set(subject, handler);
  }

  async request<Reply>(subject: string, message: BusMessage): Promise<Reply> {
    const handler = this.#handlers.get(subject);
    if (!handler) throw new BusTrouble('no_responders', subject);
    const answer = handler(message);
    this.#inHand.add(answer);
    const done = () => this.#inHand.delete(answer);
    answer.then(done, done);
    return unwrap<Reply>(subject, await before(message.deadline, subject, answer));
  }

  async drain(): Promise<void> {
    this.#handlers.clear();
    await Promise.allSettled(this.#inHand);
  }
}

async function before<T>(deadline: number, subject: string, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new BusTrouble('timeout', subject)), Math.max(0, deadline - Date.now()));
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
