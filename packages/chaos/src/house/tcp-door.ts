import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Upstream } from './balancer.js';

/**
 * What stands before the gateways where nobody reads HTTP, such as a Service of Kubernetes: each new connection goes to the next one
 * that is ready, and stays where it is for as long as both sides keep it, ready or not.
 */
export class TcpDoor {
  readonly #open = new Set<Socket>();
  readonly #server: Server;
  #turn = 0;

  private constructor(
    private readonly upstreams: readonly Upstream[],
    private readonly isReady: (name: string) => boolean,
  ) {
    this.#server = createServer((inward) => this.#pass(inward));
  }

  static async open(upstreams: readonly Upstream[], isReady: (name: string) => boolean): Promise<TcpDoor> {
    const door = new TcpDoor(upstreams, isReady);
    await new Promise<void>((resolve, reject) => {
      door.#server.once('error', reject);
      door.#server.listen(0, '127.0.0.1', resolve);
    });
    return door;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  #pass(inward: Socket): void {
    this.#turn += 1;
    const ready = this.upstreams.filter(({ name }) => this.isReady(name));
    const upstream = ready[this.#turn % ready.length];
    if (!upstream) return void inward.resetAndDestroy();
    const { hostname, port } = new URL(upstream.url);
    const outward = connect(Number(port), hostname);
    for (const [socket, other] of [
      [inward, outward],
      [outward, inward],
    ] as const) {
      this.#open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#open.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }
}
