import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the browser brought to a client: query or form, and how. */
export interface Visit {
  readonly method: string;
  readonly url: URL;
  readonly form: Record<string, string>;
}

/** A client's own address on this machine, where browsers come back to. */
export class Callback {
  readonly #arrived: Visit[] = [];
  readonly #waiting: ((visit: Visit) => void)[] = [];
  readonly #server = createServer(async (request, response) => {
    const visit = await visitOf(request, this.origin);
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<!doctype html><title>Back at the client</title>Welcome back');
    if (visit.url.pathname !== '/callback') return;
    const next = this.#waiting.shift();
    if (next) next(visit);
    else this.#arrived.push(visit);
  });

  static async open(): Promise<Callback> {
    const callback = new Callback();
    await new Promise<void>((resolve) => callback.#server.listen(0, resolve));
    return callback;
  }

  get origin(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  get redirectUri(): string {
    return `${this.origin}/callback`;
  }

  /** The next browser that comes back, one that came already included. */
  next(): Promise<Visit> {
    const arrived = this.#arrived.shift();
    return arrived ? Promise.resolve(arrived) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function visitOf(request: IncomingMessage, origin: string): Promise<Visit> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return {
    method: request.method ?? '',
    url: new URL(request.url ?? '/', origin),
    form: Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())),
  };
}
