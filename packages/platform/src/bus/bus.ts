/** Anything that crosses the bus says when it stops being worth an answer. */
export interface BusMessage {
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

/** Asks the service that owns a subject. */
export abstract class Bus {
  /**
   * @returns the handler's answer
   * @throws BusTrouble when there is none
   */
  abstract request<Reply>(subject: string, message: BusMessage): Promise<Reply>;

  abstract get connected(): boolean;
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

/** Where services hang up their handlers: NATS, or the process itself. */
export abstract class BusListener {
  /** @param queue replicas of one service share a queue, so each message reaches one of them */
  abstract serve(subject: string, queue: string, handler: BusHandler): void;

  /** Stops taking messages and waits for those in hand. */
  abstract drain(): Promise<void>;
}

export function unwrap<Reply>(subject: string, reply: BusReply): Reply {
  if ('trouble' in reply) throw new BusTrouble(reply.trouble, subject);
  return reply.reply as Reply;
}
