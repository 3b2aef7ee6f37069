import { connect, type Socket } from 'node:net';

export interface Reply {
  readonly status: number;
  /** Names in lower case; of a repeated one the last counts. */
  header(name: string): string | undefined;
  /** The `name=value` of each cookie that is set. */
  cookies(): string[];
  readonly text: string;
}

export interface Question {
  readonly method?: 'GET' | 'POST';
  /** Absolute; host and port are the connection's. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const NONE = Buffer.alloc(0);

/**
 * One kept HTTP/1.1 connection with one request at a time. It knows just what the contenders answer with, and costs a third of Node's
 * own client: on a machine that both share, what the load generator takes is missing to those who are measured.
 */
export class Connection {
  #received: Buffer = NONE;
  #waiting: { resolve(reply: Reply): void; reject(error: Error): void } | undefined;

  #socket: Socket;

  private constructor(
    private readonly url: URL,
    socket: Socket,
  ) {
    this.#socket = this.#use(socket);
  }

  /** @param url anything on the host, `http://127.0.0.1:3000/…` */
  static async open(url: string): Promise<Connection> {
    const { origin } = new URL(url);
    return new Connection(new URL(origin), await connected(new URL(origin)));
  }

  /** @throws Error when the connection ends before the answer is whole */
  async send({ method = 'GET', url, headers = {}, body }: Question): Promise<Reply> {
    if (this.#waiting) throw new Error('one request at a time');
    // As every client does: a server may close what has been silent for long.
    if (this.#socket.destroyed) this.#socket = this.#use(await connected(this.url));
    const from = url.indexOf('/', url.indexOf('://') + 3);
    let head = `${method} ${from < 0 ? '/' : url.slice(from)} HTTP/1.1\r\nhost: ${this.url.host}\r\n`;
    for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
    if (body !== undefined) head += `content-length: ${Buffer.byteLength(body)}\r\n`;
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(`${head}\r\n${body ?? ''}`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #use(socket: Socket): Socket {
    this.#received = NONE;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#take(chunk));
    // Half closed is as good as closed: nobody answers any more.
    socket.on('end', () => socket.destroy());
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the connection was closed')));
    return socket;
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const end = this.#received.indexOf(HEAD_END);
    if (end < 0) return;
    const head = this.#received.toString('latin1', 0, end + 2);
    const body = bodyOf(head, this.#received.subarray(end + 4));
    if (body === undefined) return;
    this.#received = NONE;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(reply(head, body));
  }

  #fail(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(error);
  }
}

function connected({ hostname, port }: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port || 80) });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/** The whole body, or undefined while a part of it is missing. */
function bodyOf(head: string, rest: Buffer): string | undefined {
  const status = statusOf(head);
  if (status === 204 || status === 304) return '';
  const length = headerOf(head, 'content-length');
  if (length !== undefined) return rest.length < Number(length) ? undefined : rest.toString('utf8');
  return unchunk(rest);
}

/** RFC 9112 §7.1 */
function unchunk(rest: Buffer): string | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = rest.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = Number.parseInt(rest.toString('latin1', at, line), 16);
    if (rest.length < line + size + 4) return undefined;
    if (size === 0) return Buffer.concat(parts).toString('utf8');
    parts.push(rest.subarray(line + 2, line + 2 + size));
    at = line + size + 4;
  }
}

function reply(head: string, text: string): Reply {
  return {
    status: statusOf(head),
    text,
    header: (name) => headerOf(head, name),
    cookies: () => [...head.matchAll(/\r\nset-cookie: *([^;\r]*)/gi)].map(([, pair = '']) => pair),
  };
}

function statusOf(head: string): number {
  return Number(head.slice(9, 12));
}

function headerOf(head: string, name: string): string | undefined {
  return new RegExp(`\r\n${name}: *([^\r]*)`, 'i').exec(head)?.[1];
}
