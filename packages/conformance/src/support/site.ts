import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A client's own site on this machine, which counts who comes. */
export class Site {
  connections = 0;
  requests = 0;
  readonly #server;

  private constructor(
    answer: RequestListener,
    readonly host: string,
  ) {
    this.#server = createServer((request, response) => {
      this.requests += 1;
      answer(request, response);
    });
    this.#server.on('connection', () => {
      this.connections += 1;
    });
  }

  /** @param host a loopback address, of one's own where the port is a usual one */
  static async open(answer: RequestListener, host = '127.0.0.1', port = 0): Promise<Site> {
    const site = new Site(answer, host);
    await new Promise<void>((resolve, reject) => {
      site.#server.once('error', reject).listen(port, host, resolve);
    });
    return site;
  }

  /** Serves this JSON. */
  static serving(body: object): Promise<Site> {
    return Site.open((_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://${this.host}:${this.port}/`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
