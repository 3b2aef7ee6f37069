import { connect, Msg, NatsConnection, NoRespondersError, Subscription, TimeoutError } from '@nats-io/transport-node';
import { Logger } from '../logging/logger.js';
import { Bus, BusHandler, BusListener, BusMessage, BusReply, BusSubscriber, BusTrouble, unwrap } from './bus.js';

/** No honest message comes near; a larger one is refused before it is parsed (IN-01). */
const LARGEST_MESSAGE = 3_000_000;
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
  readonly #onConnect: (() => void)[] = [];
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
    this.#listen(subject, { queue }, (message) => this.#answer(message, handler));
  }

  subscribe(pattern: string, subscriber: BusSubscriber): void {
    this.#listen(pattern, {}, (message) => subscriber(parse(message), message.subject));
  }

  publish(subject: string, message: object): boolean {
    // The client would keep it and say it after reconnecting, when it may no longer be true.
    if (!this.#connection || !this.#connected || this.#closing) return false;
    this.#connection.publish(subject, JSON.stringify(message));
    return true;
  }

  override onConnect(then: () => void): void {
    this.#onConnect.push(then);
    if (this.#connected) then();
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
    return unwrap<Reply>(subject, parse(answer) as BusReply);
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
    for (const subscribe of this.#waiting.splice(0)) subscribe();
    this.#isConnected();
    for await (const status of this.#connection.status()) {
      if (status.type === 'disconnect' || status.type === 'staleConnection') this.#connected = false;
      if (status.type === 'reconnect') this.#isConnected();
      if (status.type === 'disconnect' || status.type === 'reconnect') this.logger.warn(`bus: ${status.type}`);
    }
    this.#connected = false;
    if (!this.#closing) this.logger.error('bus: connection closed for good');
  }

  #isConnected(): void {
    this.#connected = true;
    for (const then of this.#onConnect) then();
  }

  #listen(subject: string, options: { queue?: string }, heard: (message: Msg) => void): void {
    const subscribe = () => {
      const callback = (error: Error | null, message: Msg) => {
        if (error) this.logger.error({ err: error, subject }, 'subscription failed');
        else heard(message);
      };
      this.#subscriptions.push((this.#connection as NatsConnection).subscribe(subject, { ...options, callback }));
    };
    if (this.#connection) subscribe();
    else this.#waiting.push(subscribe);
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
