import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { credentials } from './nkey.js';

export interface Heard {
  readonly subject: string;
  readonly reply?: string;
  readonly payload: string;
}

/** What somebody shows to be let in; nothing at all is also possible. */
export type Claim = { readonly seedFile: string } | { readonly seed: string } | Readonly<Record<string, string>>;

/**
 * Somebody on the bus who tries things. NATS' own text protocol over a plain socket: each word is followed by a PING, and what
 * the server objects to it says before the PONG, so nothing here waits for time to pass.
 */
export class BusUser {
  readonly heard: Heard[] = [];
  #buffer = Buffer.alloc(0);
  #objections: string[] = [];
  #pongs: (() => void)[] = [];
  #subscriptions = 0;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', () => {});
    // Nobody waits for a PONG of a server that has hung up.
    socket.once('close', () => {
      for (const pong of this.#pongs.splice(0)) pong();
    });
  }

  /** @throws Error with the server's words when it does not let them in */
  static async open(port: number, claim: Claim = {}): Promise<BusUser> {
    const socket = connect(port, '127.0.0.1');
    const greeting = await firstWord(socket);
    const { nonce = '' } = JSON.parse(greeting.replace(/^INFO /, '')) as { nonce?: string };
    const user = new BusUser(socket);
    const shown = { verbose: false, headers: true, no_responders: true, ...(await shownBy(claim, nonce)) };
    const objection = await user.#say(`CONNECT ${JSON.stringify(shown)}`);
    if (objection !== undefined) throw new Error(objection);
    return user;
  }

  /** @returns the server's words when it refuses */
  subscribe(subject: string, queue = ''): Promise<string | undefined> {
    this.#subscriptions += 1;
    return this.#say(`SUB ${subject} ${queue ? `${queue} ` : ''}${this.#subscriptions}`);
  }

  /** @returns the server's words when it refuses */
  publish(subject: string, payload = '{}', reply = ''): Promise<string | undefined> {
    return this.#say(`PUB ${subject} ${reply ? `${reply} ` : ''}${Buffer.byteLength(payload)}\r\n${payload}`);
  }

  /** What it has heard by now: all that was published before this call. Then that is forgotten. */
  async hears(): Promise<Heard[]> {
    await this.#say('');
    return this.heard.splice(0);
  }

  close(): void {
    this.socket.destroy();
  }

  async #say(line: string): Promise<string | undefined> {
    // To whoever was thrown out, what was said then still holds.
    if (this.socket.closed) return this.#objections[0] ?? 'closed';
    this.#objections = [];
    const pong = new Promise<void>((resolve) => this.#pongs.push(resolve));
    this.socket.write(`${line ? `${line}\r\n` : ''}PING\r\n`);
    await pong;
    return this.#objections[0] ?? (this.socket.closed ? 'closed' : undefined);
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const end = this.#buffer.indexOf('\r\n');
      if (end < 0) return;
      const line = this.#buffer.toString('utf8', 0, end);
      const message = /^H?MSG (\S+) \S+ (?:(\S+) )??(?:\d+ )?(\d+)$/.exec(line);
      const length = message ? Number(message[3]) + 2 : 0;
      if (this.#buffer.length < end + 2 + length) return;
      const payload = this.#buffer.toString('utf8', end + 2, end + 2 + Math.max(length - 2, 0));
      this.#buffer = this.#buffer.subarray(end + 2 + length);
      if (message) this.#hear(message, payload);
      else if (line.startsWith('-ERR ')) this.#objections.push(line.slice('-ERR '.length));
      else if (line === 'PONG') this.#pongs.shift()?.();
      else if (line === 'PING') this.socket.write('PONG\r\n');
    }
  }

  #hear([, subject = '', reply]: RegExpExecArray, payload: string): void {
    this.heard.push({ subject, ...(reply !== undefined && { reply }), payload });
  }
}

/** @throws Error when the server hangs up instead, as it may while it reads its files again */
async function firstWord(socket: Socket): Promise<string> {
  const silence = once(socket, 'close').then(() => Promise.reject(new Error('closed')));
  const [word] = await Promise.race([once(socket, 'data'), silence]);
  silence.catch(() => {});
  return String(word);
}

async function shownBy(claim: Claim, nonce: string): Promise<object> {
  const { seedFile, seed, ...words } = claim as Record<string, string>;
  const text = seedFile !== undefined ? (await readFile(seedFile, 'utf8')).trim() : seed;
  return { ...(text !== undefined && credentials(text, nonce)), ...words };
}
