import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Somebody on the bus who keeps to no library's manners: NATS' own text protocol over a plain socket. */
export class RawNats {
  #received = '';

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8').on('data', (text: string) => {
      this.#received += text;
      if (text.includes('PING\r\n')) socket.write('PONG\r\n');
    });
    socket.on('error', () => {});
  }

  static async open(port: number): Promise<RawNats> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const nats = new RawNats(socket);
    socket.write('CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\nSUB inbox 1\r\nPING\r\n');
    await nats.#until('PONG');
    return nats;
  }

  /** @returns the payload of the answer, or undefined when none came in time */
  async ask(subject: string, payload: Buffer | string, patience = 1_500): Promise<string | undefined> {
    const bytes = Buffer.from(payload);
    this.#received = '';
    this.socket.write(`PUB ${subject} inbox ${bytes.length}\r\n`);
    this.socket.write(bytes);
    this.socket.write('\r\n');
    const until = Date.now() + patience;
    while (Date.now() < until && !this.socket.destroyed) {
      const answer = this.#answer();
      if (answer !== undefined) return answer;
      await sleep(5);
    }
    return undefined;
  }

  /** Says it to whoever listens, and waits for nobody. */
  tell(subject: string, payload: Buffer | string): void {
    const bytes = Buffer.from(payload);
    this.socket.write(`PUB ${subject} ${bytes.length}\r\n`);
    this.socket.write(bytes);
    this.socket.write('\r\n');
  }

  close(): void {
    this.socket.destroy();
  }

  /** The payload of the one message received, by the sizes in its head: the server's own words may follow it. */
  #answer(): string | undefined {
    const head = /H?MSG inbox 1(?: (\d+))? (\d+)\r\n/.exec(this.#received);
    if (!head) return undefined;
    const bytes = Buffer.from(this.#received.slice(head.index + head[0].length));
    return bytes.length < Number(head[2]) ? undefined : bytes.toString('utf8', Number(head[1] ?? 0), Number(head[2]));
  }

  async #until(text: string, patience = 6_000): Promise<void> {
    const until = Date.now() + patience;
    while (Date.now() < until && !this.socket.destroyed && !this.#received.includes(text)) await sleep(5);
  }
}
