import { Agent, type IncomingMessage, request } from 'node:http';
import { Answer } from '@grantway/conformance';

/** One connection that is kept for as long as the server keeps it, as a busy client's is; a new one when it has been told to. */
export class KeptConnection {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  /** @param port of the door; the URL says whom to ask for */
  constructor(private readonly port: number) {}

  post(url: string, form: Record<string, string>, headers: Record<string, string>): Promise<Answer> {
    const { host, pathname: path } = new URL(url);
    const body = new URLSearchParams(form).toString();
    const type = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent: this.#agent,
          hostname: '127.0.0.1',
          port: this.port,
          path,
          method: 'POST',
          headers: { host, ...type, ...headers },
        },
        (incoming) => void read(url, incoming).then(resolve, reject),
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

async function read(url: string, incoming: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers.set(name, String(value));
  return new Answer(url, incoming.statusCode ?? 0, headers, Buffer.concat(chunks).toString('utf8'));
}
