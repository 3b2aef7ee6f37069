import { setTimeout as sleep } from 'node:timers/promises';
import {
  connect,
  InvalidArgumentError,
  Msg,
  NatsConnection,
  NodeConnectionOptions,
  PermissionViolationError,
  Subscription,
} from '@nats-io/transport-node';
import { Logger } from '../logging/logger.js';
import { Bus, BusHandler, BusListener, BusMessage, BusReply, BusSubscriber, BusTrouble, unwrap } from './bus.js';
import { BusComplaints } from './bus-complaints.js';
import { BusIdentity } from './bus-identity.js';
import { tlsOptions } from './bus-tls.js';
import { NatsInbox } from './nats-inbox.js';
import { Outbox } from './outbox.js';

/** No honest message comes near; a larger one is refused before it is parsed (IN-01). */
const LARGEST_MESSAGE = 3_000_000;
const PING_EVERY_MS = 3_000;
const MOST_PINGS_OUT = 2;
const RECONNECT_WAIT_MS = 200;
/** A server that hangs up in the middle of the greeting is noticed by this alone: the library goes on waiting. */
const GREETING_MS = 3_000;
/** A subscription the server refused is tried again: it may have learned better (`nats-server --signal reload`). */
const SUBSCRIBE_AGAIN_MS = 1_000;

interface Listener {
  readonly subject: string;
  readonly options: { readonly queue?: string };
  readonly heard: (message: Msg) => void;
  subscription?: Subscription;
  refused: boolean;
}

/**
 * One connection to NATS, for asking and for answering. Reconnects for ever, also where its identity is refused; says at once
 * when it is cut off. Answers reach it below an inbox prefix of its own, `_INBOX.<name>`, so that permissions can keep services
 * from reading each other's.
 */
export class NatsBus extends Bus implements BusListener {
  #connection: NatsConnection | undefined;
  #inbox: NatsInbox | undefined;
  readonly #outbox = new Outbox();
  #connected = false;
  readonly #listeners: Listener[] = [];
  readonly #inHand = new Set<Promise<void>>();
  readonly #onConnect: (() => void)[] = [];
  readonly #complaints: BusComplaints;
  #subscribingAgain: NodeJS.Timeout | undefined;
  #isTrying = false;
  #closing = false;

  private constructor(
    private readonly logger: Logger,
    identity: BusIdentity | undefined,
  ) {
    super();
    this.#complaints = new BusComplaints(logger, identity?.publicKey);
  }

  /**
   * Returns at once; the connection may still be on its way, and {@link connected} tells.
   * @param name the service's, a single word of a subject
   * @param caFile who may vouch for the server, as {@link tlsOptions} takes it
   */
  static open(url: string, name: string, logger: Logger, identity?: BusIdentity, caFile?: string): NatsBus {
    const bus = new NatsBus(logger, identity);
    void bus.#open(`_INBOX.${name}`, {
      servers: url,
      name,
      ...(identity && { authenticator: identity.authenticator }),
      ...tlsOptions(url, caFile),
      maxReconnectAttempts: -1,
      // Credentials that are being replaced are refused for a while, not for ever.
      ignoreAuthErrorAbort: true,
      reconnectTimeWait: RECONNECT_WAIT_MS,
      reconnectJitter: RECONNECT_WAIT_MS,
      reconnectJitterTLS: RECONNECT_WAIT_MS,
      timeout: GREETING_MS,
      pingInterval: PING_EVERY_MS,
      maxPingOut: MOST_PINGS_OUT,
    });
    return bus;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** The subjects which the server does not let this process listen to; what should be heard there is not. */
  get refused(): readonly string[] {
    return this.#listeners.filter(({ refused }) => refused).map(({ subject }) => subject);
  }

  serve(subject: string, queue: string, handler: BusHandler): void {
    this.#listen(subject, { queue }, (message) => this.#answer(message, handler));
  }

  subscribe(pattern: string, subscriber: BusSubscriber): void {
    this.#listen(pattern, {}, (message) => subscriber(() => parse(message), message.subject, message.data.length));
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

  async request<Reply>(subject: string, message: BusMessage, largest?: number): Promise<Reply> {
    if (!this.#inbox || !this.#connected || this.#closing) throw new BusTrouble('disconnected', subject);
    if (message.deadline <= Date.now()) throw new BusTrouble('timeout', subject);
    const answer = await this.#inbox.ask(subject, JSON.stringify(message), message.deadline);
    return unwrap<Reply>(subject, parse(answer, largest) as BusReply);
  }

  async drain(): Promise<void> {
    clearInterval(this.#subscribingAgain);
    await Promise.allSettled(this.#listeners.map(({ subscription }) => subscription?.drain()));
    await Promise.allSettled(this.#inHand);
    this.#outbox.flush();
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#subscribingAgain);
    this.#outbox.flush();
    await this.#connection?.drain().catch(() => this.#connection?.close());
    this.#inbox?.close();
  }

  async #open(inboxPrefix: string, options: NodeConnectionOptions): Promise<void> {
    const connection = await this.#firstConnection(options);
    if (!connection) return;
    this.#connection = connection;
    this.#inbox = new NatsInbox(connection, this.#outbox, inboxPrefix);
    for (const listener of this.#listeners) this.#subscribe(connection, listener);
    this.#isConnected();
    this.#subscribingAgain = setInterval(() => void this.#subscribeAgain(connection), SUBSCRIBE_AGAIN_MS).unref();
    for await (const status of connection.status()) {
      if (status.type === 'disconnect' || status.type === 'staleConnection') this.#isCutOff();
      if (status.type === 'reconnect') this.#isConnected('bus: reconnect');
      if (status.type === 'error') this.#isRefused(status.error);
    }
    this.#connected = false;
    this.#inbox.close();
    if (!this.#closing) this.logger.error('bus: connection closed for good');
  }

  /** The library could wait for it as well, but would not say why it does. */
  async #firstConnection(options: NodeConnectionOptions): Promise<NatsConnection | undefined> {
    while (!this.#closing) {
      try {
        const connection = await connect(options);
        if (!this.#closing) return connection;
        await connection.close();
      } catch (error) {
        if (error instanceof InvalidArgumentError) throw error;
        this.#complaints.about(error as Error);
        await sleep(RECONNECT_WAIT_MS * (1 + Math.random()));
      }
    }
    return undefined;
  }

  #isConnected(news?: string): void {
    if (news) this.logger.warn(news);
    this.#complaints.forget();
    this.#connected = true;
    for (const then of this.#onConnect) then();
  }

  /** The library says so after every attempt to reconnect. */
  #isCutOff(): void {
    if (this.#connected) this.logger.warn('bus: disconnect');
    this.#connected = false;
  }

  /** A permission taken away from a subscription that stands is told without its queue, and the library takes no notice. */
  #isRefused(error: Error): void {
    this.#complaints.about(error);
    if (!(error instanceof PermissionViolationError)) return;
    this.#inbox?.refused(error);
    if (error.operation !== 'subscription' || error.queue) return;
    for (const listener of this.#listeners) if (listener.subject === error.subject) listener.refused = true;
  }

  #listen(subject: string, options: { queue?: string }, heard: (message: Msg) => void): void {
    const listener: Listener = { subject, options, heard, refused: false };
    this.#listeners.push(listener);
    if (this.#connection) this.#subscribe(this.#connection, listener);
  }

  /** @returns what becomes of it: a refusal comes later */
  #subscribe(connection: NatsConnection, listener: Listener): { refused: boolean } {
    const { subject, options, heard } = listener;
    listener.subscription?.unsubscribe();
    const attempt = { refused: false };
    const callback = (error: Error | null, message: Msg) => {
      if (!error) heard(message);
      // The connection's status says so too, and that is logged. The library has ended the subscription.
      else if (error instanceof PermissionViolationError) attempt.refused = listener.refused = true;
      else this.logger.error({ err: error, subject }, 'subscription failed');
    };
    listener.subscription = connection.subscribe(subject, { ...options, callback });
    return attempt;
  }

  async #subscribeAgain(connection: NatsConnection): Promise<void> {
    const refused = this.#listeners.filter((listener) => listener.refused);
    if (refused.length === 0 || !this.#connected || this.#closing || this.#isTrying) return;
    this.#isTrying = true;
    try {
      const attempts = refused.map((listener) => ({ listener, attempt: this.#subscribe(connection, listener) }));
      await connection.flush(); // A refusal comes before the answer to it.
      for (const { listener, attempt } of attempts) {
        listener.refused = attempt.refused;
        if (!attempt.refused) this.logger.warn({ subject: listener.subject }, 'bus: permitted now');
      }
    } catch {
      // Cut off meanwhile: the next time.
    } finally {
      this.#isTrying = false;
    }
  }

  #answer(message: Msg, handler: BusHandler): void {
    const failed = (error: unknown) => this.logger.error({ err: error }, 'reply could not be sent');
    const work = (async () => {
      const reply = JSON.stringify(await handler(parse(message)));
      this.#outbox.put(() => {
        try {
          message.respond(reply);
        } catch (error) {
          failed(error);
        }
      });
    })().catch(failed);
    this.#inHand.add(work);
    void work.finally(() => this.#inHand.delete(work));
  }
}

/** Undefined for what is no JSON; the handler refuses it. */
function parse(message: Msg, largest = LARGEST_MESSAGE): unknown {
  if (message.data.length > largest) return undefined;
  try {
    return message.json();
  } catch {
    return undefined;
  }
}
