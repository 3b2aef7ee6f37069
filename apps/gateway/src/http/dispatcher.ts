import { setTimeout as sleep } from 'node:timers/promises';
import { Endpoint, HttpCall, HttpReply } from '@grantway/contracts';
import { Bus, BusTrouble, BusTroubleKind, Logger } from '@grantway/platform';
import { TROUBLE, Trouble, troubleReply } from './trouble.js';

/** Milliseconds before asking again when nobody was there; a pod that is being replaced is back by then. */
const RETRY_PAUSES = [10, 40] as const;

/** A cached answer is fresh this long, and still served this long while the service behind it is away. */
const FRESH_MS = 1_000;
const STALE_MS = 300_000;
const MOST_CACHED = 2_000;

/** Asks the service that owns an endpoint, and answers for it when it cannot. */
export class Dispatcher {
  readonly #cache = new Map<string, { reply: HttpReply; at: number }>();

  constructor(
    private readonly bus: Bus,
    private readonly logger: Logger,
  ) {}

  async ask(endpoint: Endpoint, call: HttpCall): Promise<HttpReply> {
    const key = endpoint.cached && `${endpoint.subject} ${call.environmentId}`;
    const cached = key === undefined ? undefined : this.#cache.get(key);
    const age = cached ? Date.now() - cached.at : Number.POSITIVE_INFINITY;
    if (cached && age < FRESH_MS) return cached.reply;
    try {
      const reply = await this.#request(endpoint, call);
      if (key !== undefined && reply.kind === 'json' && reply.status === 200) this.#remember(key, reply);
      return reply;
    } catch (error) {
      if (!(error instanceof BusTrouble)) throw error;
      this.logger.warn({ request_id: call.requestId, subject: endpoint.subject, trouble: error.kind }, 'no answer');
      const isFault = error.kind === 'fault' || error.kind === 'refused';
      // Discovery and JWKS outlive a short outage, but hide no fault of ours.
      if (cached && !isFault && age < STALE_MS) return cached.reply;
      return troubleReply(troubleOf(error.kind), endpoint.audience, call.requestId);
    }
  }

  /** Sent again only when nobody got it, never after a timeout: it may have been done (design section 3). */
  async #request(endpoint: Endpoint, call: HttpCall): Promise<HttpReply> {
    for (const pause of RETRY_PAUSES) {
      try {
        return await this.bus.request<HttpReply>(endpoint.subject, call);
      } catch (error) {
        if (!(error instanceof BusTrouble) || error.kind !== 'no_responders') throw error;
        await sleep(pause);
      }
    }
    return this.bus.request<HttpReply>(endpoint.subject, call);
  }

  #remember(key: string, reply: HttpReply): void {
    if (this.#cache.size >= MOST_CACHED) this.#cache.clear();
    this.#cache.set(key, { reply, at: Date.now() });
  }
}

function troubleOf(kind: BusTroubleKind): Trouble {
  if (kind === 'fault' || kind === 'refused') return TROUBLE.fault;
  return kind === 'disconnected' ? TROUBLE.cutOff : TROUBLE.unavailable;
}
