import { randomUUID } from 'node:crypto';
import { Msg, NatsConnection, PermissionViolationError, Subscription } from '@nats-io/transport-node';
import { BusTrouble, BusTroubleKind } from './bus.js';
import { Deadlines, Waiting } from './deadlines.js';
import { Outbox } from './outbox.js';

/** The status of the server's own answer where nobody listens (NATS ADR-4). */
const NO_RESPONDERS = 503;

interface Question extends Waiting {
  readonly subject: string;
  answered(message: Msg): void;
  failed(kind: BusTroubleKind, cause?: unknown): void;
}

/**
 * Asks on a connection and hears the answers, all of them with one subscription. The library's own `request` does the same, and
 * makes a timer and two errors with their stack traces for every question.
 */
export class NatsInbox {
  readonly #asked = new Map<string, Question>();
  readonly #deadlines = new Deadlines();
  /** There is none until somebody asks. */
  #subscription: Subscription | undefined;
  /** Where answers are sent, up to the question's own word. */
  #address = '';

  constructor(
    private readonly connection: NatsConnection,
    private readonly outbox: Outbox,
    private readonly prefix: string,
  ) {}

  /**
   * @param deadline milliseconds since the epoch
   * @throws BusTrouble no_responders, timeout or disconnected
   */
  ask(subject: string, text: string, deadline: number): Promise<Msg> {
    const address = this.#open();
    // Nobody who answered one question can guess where the answer to another is awaited.
    const word = randomUUID();
    return new Promise((resolve, reject) => {
      const over = () => {
        this.#asked.delete(word);
        this.#deadlines.delete(question);
      };
      const question: Question = {
        subject,
        deadline,
        answered: (message) => {
          over();
          resolve(message);
        },
        failed: (kind, cause) => {
          over();
          reject(new BusTrouble(kind, subject, { cause }));
        },
        late: () => question.failed('timeout'),
      };
      this.#asked.set(word, question);
      this.#deadlines.add(question);
      this.outbox.put(() => {
        try {
          this.connection.publish(subject, text, { reply: address + word });
        } catch (error) {
          question.failed('disconnected', error);
        }
      });
    });
  }

  /** What the server does not let out, or in; it tells of each, by the subject alone. */
  refused(error: PermissionViolationError): void {
    if (error.operation === 'subscription') {
      if (error.subject === this.#subscription?.getSubject()) this.close(error);
    } else {
      const [question] = [...this.#asked.values()].filter(({ subject }) => subject === error.subject);
      question?.failed('disconnected', error);
    }
  }

  /** No answer comes any more; whoever asks after it tries anew. */
  close(cause?: unknown): void {
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
    for (const question of [...this.#asked.values()]) question.failed('disconnected', cause);
  }

  #open(): string {
    if (this.#subscription) return this.#address;
    const address = `${this.prefix}.${randomUUID()}.`;
    this.#subscription = this.connection.subscribe(`${address}*`, {
      callback: (error, message) => {
        // The connection's status tells of an error too.
        if (!error) this.#heard(message, message.subject.slice(address.length));
      },
    });
    this.#address = address;
    return address;
  }

  #heard(message: Msg, word: string): void {
    const question = this.#asked.get(word);
    if (message.data.length === 0 && message.headers?.code === NO_RESPONDERS) question?.failed('no_responders');
    else question?.answered(message);
  }
}
