import { connect, Msg, NatsConnection, NoRespondersError, Subscription, TimeoutError } from '@nats-io/transport-node';
import { Logger } from '../logging/logger.js';
import { Bus, BusHandler, BusListener, BusMessage, BusReply, BusTrouble, unwrap } from './bus.js';

/** No honest message comes near; a larger one is refused before it is parsed (IN-01). */
const LARGEST_MESSAGE = 1_500_000;
const PING_EVERY_MS = 3_000;
const MOST_PINGS_OUT = 2;
const RECONNECT_WAIT_MS = 200;

/** One connection to NATS, for asking and for answering. Reconnects for ever; says at once when it is cut off. */
export class NatsBus extends Bus implements BusListener {
  #connection: NatsConnection | undefined;
  #connected = false;
  readonly #subscriptions: Subscription[] = [];
  readonly #inHand = new Set<Promise<void>>();
  readonly #waiting: (() => void)[] = [];
  #closing = false;

  private constructor(private readonly logger: Logger) {
    super();
  }

  /** Returns at once; the connection may still be on its way, and {@link connected} tells. */
  static open(url: string, name: string, logger: Logger): NatsBus {
    const bus = new NatsBus(logger);
    void bus.#open(url, name);
    return bus;
  }

  get connected(): boolean {
    return this.#connected;
  }

  serve(subject: string, queue: string, handler: BusHandler): void {
    const subscribe = () => {
      const subscription = (this.#connection as NatsConnection).subscribe(subject, {
        queue,
        callback: (error, message) => {
          if (error) this.logger.error({ err: error, subject }, 'subscription failed');
          else this.#answer(message, handler);
        },
      });
      this.#subscriptions.push(subscription);
    };
    if (this.#connection) subscribe();
    else this.#waiting.push(subscribe);
  }

  async request<Reply>(subject: string, message: BusMessage): Promise<Reply> {
    if (!this.#connection || !this.#connected) throw new BusTrouble('disconnected', subject);
    const timeout = message.deadline - Date.now();
    if (timeout <= 0) throw new BusTrouble('timeout', subject);
    let answer: Msg;
    try {
      answer = await this.#connection.request(subject, JSON.stringify(message), { timeout });
    } catch (error) {
      throw new BusTrouble(kindOf(error), subject, { cause: error });
    }
    return unwrap<Reply>(subject, answer.json<BusReply>());
  }

  async drain(): Promise<void> {
    await Promise.allSettled(this.#subscriptions.map((subscription) => subscription.drain()));
    await Promise.allSettled(this.#inHand);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#connection?.drain().catch(() => this.#connection?.close());
  }

  async #open(url: string, name: string): Promise<void> {
    this.#connection = await connect({
      servers: url,
      name,
      waitOnFirstConnect: true,
      maxReconnectAttempts: -1,
      // Credentials that are being replaced are refused for a while, not for ever.
      ignoreAuthErrorAbort: true,
      reconnectTimeWait: RECONNECT_WAIT_MS,
      reconnectJitter: RECONNECT_WAIT_MS,
      pingInterval: PING_EVERY_MS,
      maxPingOut: MOST_PINGS_OUT,
    });
    this.#connected = true;
    for (const subscribe of this.#waiting.splice(0)) subscribe();
    for await (const status of this.#connection.status()) {
      if (status.type === 'disconnect' || status.type === 'staleConnection') this.#connected = false;
      if (status.type === 'reconnect') this.#connected = true;
      if (status.type === 'disconnect' || status.type === 'reconnect') this.logger.warn(`bus: ${status.type}`);
    }
    this.#connected = false;
    if (!this.#closing) this.logger.error('bus: connection closed for good');
  }

  #answer(message: Msg, handler: BusHandler): void {
    const work = (async () => {
      const reply = await handler(parse(message));
      message.respond(JSON.stringify(reply));
    })().catch((error: unknown) => this.logger.error({ err: error }, 'reply could not be sent'));
    this.#inHand.add(work);
    void work.finally(() => this.#inHand.delete(work));
  }
}

/** Undefined for what is no JSON; the handler refuses it. */
function parse(message: Msg): unknown {
  if (message.data.length > LARGEST_MESSAGE) return undefined;
  try {
    return message.json();
  } catch {
    return undefined;
  }
}

function kindOf(error: unknown): 'no_responders' | 'timeout' | 'disconnected' {
  if (error instanceof NoRespondersError) return 'no_responders';
  if (error instanceof Error && error.cause instanceof NoRespondersError) return 'no_responders';
  const timedOut = error instanceof TimeoutError || (error instanceof Error && error.cause instanceof TimeoutError);
  return timedOut ? 'timeout' : 'disconnected';
}
