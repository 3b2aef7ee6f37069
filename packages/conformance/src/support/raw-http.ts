import { request as httpRequest, IncomingMessage } from 'node:http';
import { Answer } from './answer.js';

/** What fetch would not send: a Host of one's choice, another source address, any method, an unparsed target. */
export interface RawRequest {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
  /** A loopback address of one's own, so that the server sees another client. */
  readonly localAddress?: string;
  /** The request target as it goes on the wire; else the URL's own path and query. */
  readonly target?: string;
}

export function rawRequest(
  url: string,
  { method = 'GET', headers = {}, body, localAddress, target }: RawRequest,
): Promise<Answer> {
  const { hostname, port, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        hostname,
        port,
        method,
        path: target ?? pathname + search,
        headers: { ...headers, ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }) },
        agent: false,
        ...(localAddress !== undefined && { localAddress }),
      },
      (incoming) => void read(url, incoming).then(resolve, reject),
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function read(url: string, incoming: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers = new Headers();
  for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
    headers.append(incoming.rawHeaders[at] as string, incoming.rawHeaders[at + 1] as string);
  }
  return new Answer(url, incoming.statusCode ?? 0, headers, Buffer.concat(chunks).toString('utf8'));
}
