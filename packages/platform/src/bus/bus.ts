/** Anything that crosses the bus says when it stops being worth an answer. */
export interface BusMessage {
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** W3C Trace Context: which trace it belongs to, if any. */
  readonly traceparent?: string;
}

/** Asks the service that owns a subject. */
export abstract class Bus {
  /**
   * @param largest bytes of an answer; a larger one is a fault, and is not parsed
   * @returns the handler's answer
   * @throws BusTrouble when there is none
   */
  abstract request<Reply>(subject: string, message: BusMessage, largest?: number): Promise<Reply>;

  /**
   * Tells whoever subscribed; nobody answers, and nobody may be there.
   * @returns false while cut off: then nothing was sent, and nothing will be later
   */
  abstract publish(subject: string, message: object): boolean;

  abstract get connected(): boolean;

  /** Called whenever the bus is there: at once if it is, and after every outage. One that is never away calls it once. */
  onConnect(then: () => void): void {
    then();
  }
}

/**
 * Why there is no answer. Only `no_responders` proves that nobody got the message, so only then may it be sent again.
 */
export type BusTroubleKind = 'no_responders' | 'timeout' | 'disconnected' | 'unavailable' | 'refused' | 'fault';

export class BusTrouble extends Error {
  override readonly name = 'BusTrouble';

  constructor(
    readonly kind: BusTroubleKind,
    subject: string,
    options?: ErrorOptions,
  ) {
    super(`${subject}: ${kind}`, options);
  }
}

/** What travels back: the handler's answer, or why there is none. */
export type BusReply = { readonly reply: unknown } | { readonly trouble: 'unavailable' | 'refused' | 'fault' };

/** Answers one message; never throws. */
export type BusHandler = (message: unknown) => Promise<BusReply>;

/**
 * Hears what was published, and under which subject; the subject alone is what the bus vouches for. The content is parsed when
 * it is asked for: what nobody reads costs little.
 */
export type BusSubscriber = (content: () => unknown, subject: string, bytes: number) => void;

/** Where services hang up their handlers: NATS, or the process itself. */
export abstract class BusListener {
  /** @param queue replicas of one service share a queue, so each message reaches one of them */
  abstract serve(subject: string, queue: string, handler: BusHandler): void;

  /** @param pattern a subject in which `*` stands for any one word; every subscriber hears every message */
  abstract subscribe(pattern: string, subscriber: BusSubscriber): void;

  /** Stops taking messages and waits for those in hand. */
  abstract drain(): Promise<void>;
}

/** What the other side may say is wrong; another word of it is a fault, and stays out of our log. */
const TROUBLES: readonly string[] = ['unavailable', 'refused', 'fault'];

/** What is no {@link BusReply} is a fault of whoever sent it. */
export function unwrap<Reply>(subject: string, reply: BusReply | undefined): Reply {
  if (typeof reply !== 'object' || reply === null || Array.isArray(reply)) throw new BusTrouble('fault', subject);
  if ('trouble' in reply) throw new BusTrouble(TROUBLES.includes(reply.trouble) ? reply.trouble : 'fault', subject);
  return reply.reply as Reply;
}
