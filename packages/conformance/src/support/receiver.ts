import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from './eventually.js';

/** A notification as it arrived. */
export interface Received {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

/** A client's notification endpoint on this machine. */
export class Receiver {
  readonly received: Received[] = [];
  readonly #server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { method = '', headers } = request;
    this.received.push({ method, headers, body: JSON.parse(text || '{}') });
    this.#answer(response, this.received.length);
  });

  readonly #answer: (response: ServerResponse, time: number) => void;

  private constructor(answer: (response: ServerResponse, time: number) => void) {
    this.#answer = answer;
  }

  /** @param answer told which notification it is, from 1 on; never answering is one way to */
  static async open(
    answer: (response: ServerResponse, time: number) => void = (response) => void response.writeHead(204).end(),
    port = 0,
  ): Promise<Receiver> {
    const receiver = new Receiver(answer);
    await new Promise<void>((resolve) => receiver.#server.listen(port, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/notify`;
  }

  /** What came for one request, once that many did. */
  about(authReqId: string, times = 1, within = 15): Promise<Received[]> {
    const found = async () => this.received.filter(({ body }) => body['auth_req_id'] === authReqId);
    return eventually(found, (came) => came.length >= times, within);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
