import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';

/** A gateway to choose from. */
export interface Upstream {
  readonly name: string;
  readonly url: string;
  /** Where `/readyz` is. */
  readonly healthUrl: string;
}

/** How often each gateway is asked whether it wants requests; DRAIN_SECONDS must be longer. */
const PROBE_EVERY_MS = 150;
const PROBE_TIMEOUT_MS = 1_000;

/** What an answer was, as the street sees it. */
export interface Seen {
  readonly status: number;
  readonly hasRetryAfter: boolean;
  readonly what: string;
}

/**
 * What stands before the gateways, as an ingress does: it keeps connections to them, asks those in turn that say they are ready, and
 * tries another one only where no connection came about. A connection that breaks later is broken for the client too: nobody knows
 * what was done.
 */
export class Balancer {
  /** Whether the client's connection is cut in the middle of this answer; asked once for each. */
  cutsNext: () => boolean = () => false;
  /** Told of every answer. */
  onAnswer: (seen: Seen) => void = () => {};

  readonly #agent = new Agent({ keepAlive: true });
  readonly #ready = new Set<string>();
  readonly #server: Server;
  #probes: NodeJS.Timeout | undefined;
  #turn = 0;

  private constructor(private readonly upstreams: readonly Upstream[]) {
    this.#server = createServer((incoming, outgoing) => void this.#pass(incoming, outgoing));
    // Whoever keeps a connection to us is not to be hung up on: what we look for is what the gateways do.
    this.#server.keepAliveTimeout = 600_000;
  }

  /** Listens before the gateways are there. @throws the listen error */
  static async open(port: number, upstreams: readonly Upstream[]): Promise<Balancer> {
    const balancer = new Balancer(upstreams);
    await new Promise<void>((resolve, reject) => {
      balancer.#server.once('error', reject);
      balancer.#server.listen(port, resolve);
    });
    await balancer.#probe();
    balancer.#probes = setInterval(() => void balancer.#probe(), PROBE_EVERY_MS);
    return balancer;
  }

  isReady(name: string): boolean {
    return this.#ready.has(name);
  }

  async close(): Promise<void> {
    clearInterval(this.#probes);
    this.#server.closeAllConnections();
    this.#agent.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #probe(): Promise<void> {
    await Promise.all(
      this.upstreams.map(async ({ name, healthUrl }) => {
        if (await saysReady(healthUrl)) this.#ready.add(name);
        else this.#ready.delete(name);
      }),
    );
  }

  /** Those that are ready, the next in turn first; all of them where none is: what they say is more than we could. */
  #candidates(): Upstream[] {
    this.#turn += 1;
    const ready = this.upstreams.filter(({ name }) => this.#ready.has(name));
    const from = ready.length > 0 ? ready : this.upstreams;
    return from.map((_, at) => from[(at + this.#turn) % from.length] as Upstream);
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      const body = await bytesOf(incoming);
      for (const upstream of this.#candidates()) {
        const answer = await this.#ask(upstream, incoming, body);
        if (answer === 'refused') continue;
        if (answer !== 'broken') return this.#answer(incoming, outgoing, answer.head, answer.body);
        break;
      }
    } catch {
      // The client itself went away.
    }
    incoming.socket.destroy();
  }

  #ask(
    { url }: Upstream,
    { method, url: path = '/', rawHeaders }: IncomingMessage,
    body: Buffer,
  ): Promise<{ head: IncomingMessage; body: Buffer } | 'refused' | 'broken'> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve) => {
      let isConnected = false;
      const outward = request({ agent: this.#agent, hostname, port, path, method, headers: endToEnd(rawHeaders) });
      outward.on('socket', (socket) => {
        if (!socket.connecting) isConnected = true;
        else
          socket.once('connect', () => {
            isConnected = true;
          });
      });
      outward.on('error', () => resolve(isConnected ? 'broken' : 'refused'));
      outward.on('response', (head) =>
        bytesOf(head).then(
          (bytes) => resolve({ head, body: bytes }),
          () => resolve('broken'),
        ),
      );
      outward.end(body);
    });
  }

  #answer(incoming: IncomingMessage, outgoing: ServerResponse, head: IncomingMessage, body: Buffer): void {
    const status = head.statusCode ?? 0;
    const path = (incoming.url ?? '').split('?', 1)[0];
    const what = `${incoming.method} ${path}: ${status} ${body.toString('utf8', 0, 160)}`;
    this.onAnswer({ status, hasRetryAfter: Number(head.headers['retry-after']) > 0, what });
    const isCut = this.cutsNext();
    // Without a body to cut, the head is cut: the client hears nothing.
    if (isCut && body.length === 0) return void incoming.socket.resetAndDestroy();
    outgoing.writeHead(status, endToEnd(head.rawHeaders));
    if (isCut) outgoing.write(body.subarray(0, body.length / 2), () => incoming.socket.resetAndDestroy());
    else outgoing.end(body);
  }
}

/** RFC 9110 §7.6.1: what is about one connection stays on it. */
function endToEnd(rawHeaders: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (!/^(?:connection|keep-alive|transfer-encoding)$/i.test(name)) kept.push(name, rawHeaders[at + 1] as string);
  }
  return kept;
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function saysReady(healthUrl: string): Promise<boolean> {
  try {
    const reply = await fetch(`${healthUrl}/readyz`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    await reply.arrayBuffer();
    return reply.status === 200;
  } catch {
    return false;
  }
}
