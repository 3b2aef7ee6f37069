/** A call to an address that a client or an operator named. */
export interface OutboundRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Only the status counts: the body is not waited for, and is empty (CB-06). */
  readonly ignoreBody?: true;
  /** http, loopback and private addresses too (the environment's {@link OutboundPolicy}). */
  readonly privateAddresses: boolean;
}

export interface OutboundReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** At most 64 KB. */
  readonly body: string;
}

/** The other side was not reached, or may not be. */
export class OutboundTrouble extends Error {
  override readonly name = 'OutboundTrouble';

  constructor(
    /** `refused`: the address may never be called. `failed`: it may work later. */
    readonly kind: 'refused' | 'failed',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The one way out (DR-05): checked addresses alone, no redirects, at most 5 s and 64 KB. */
export abstract class Outbound {
  /** @throws OutboundTrouble */
  abstract call(request: OutboundRequest): Promise<OutboundReply>;
}
