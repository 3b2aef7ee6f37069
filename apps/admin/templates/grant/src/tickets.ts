import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a system of yours allows: this client may have one token, for this user, with this scope. */
export interface Ticket {
  /** Tells it from every other ticket; it is no secret. */
  readonly id: string;
  /** The environment it is good in. */
  readonly environment: string;
  /** The client that may redeem it. */
  readonly client: string;
  /** The id of the user the token is about. */
  readonly user: string;
  /** The most the token may carry. */
  readonly scope: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

const SHAPE = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})$/;
const KEY = /^[A-Za-z0-9_-]{43}$/;
/** So that a key that is used for something else too cannot be made to sign tickets. */
const PURPOSE = '__TYPE__\n';

/** Signs tickets and reads them back. Whoever has the key can allow anything, so it is the ticket system's and this grant's alone. */
export class Tickets {
  readonly #key: Buffer;

  /**
   * @param key 32 bytes in base64url
   * @throws Error which does not show the key
   */
  constructor(key: string | undefined) {
    if (key === undefined || !KEY.test(key))
      throw new Error('TICKET_KEY must be 32 bytes in base64url (43 characters)');
    this.#key = Buffer.from(key, 'base64url');
  }

  sign(ticket: Ticket): string {
    const body = Buffer.from(JSON.stringify(ticket)).toString('base64url');
    return `${body}.${this.#mac(body).toString('base64url')}`;
  }

  /** Undefined for what nobody with the key has signed, or what has no end. Whether it is still good is not looked at. */
  read(text: string): Ticket | undefined {
    const [, body, mac] = SHAPE.exec(text) ?? [];
    if (body === undefined || mac === undefined) return undefined;
    // In constant time: how long the comparison takes must not say how much of a guess was right.
    if (!timingSafeEqual(this.#mac(body), Buffer.from(mac, 'base64url'))) return undefined;
    const ticket = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Ticket;
    // Every comparison with what is no number is false: it would be neither expired nor good for too long.
    return Number.isFinite(ticket.expires) ? ticket : undefined;
  }

  #mac(body: string): Buffer {
    return createHmac('sha256', this.#key).update(PURPOSE).update(body).digest();
  }
}
