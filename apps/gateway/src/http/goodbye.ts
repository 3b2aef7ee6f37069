import { Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/**
 * Lets a server stop without waiting for those who have nothing to say (I9): requests in hand are answered and told that the
 * connection ends, and a socket that never asked anything, such as a browser's spare one, is dropped.
 *
 * Between {@link announce} and {@link say} it goes on serving, and every answer says that its connection ends: a client that keeps one
 * comes back on another, to another gateway, before this one closes under its next request.
 */
export class Goodbye {
  readonly #silent = new Set<Socket>();
  readonly #inHand = new Set<ServerResponse>();
  #said = false;

  constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.#silent.add(socket);
      socket.once('close', () => this.#silent.delete(socket));
    });
    // Before whoever answers, who may do so at once.
    server.prependListener('request', ({ socket }, response) => {
      this.#silent.delete(socket);
      this.#inHand.add(response);
      response.once('close', () => this.#inHand.delete(response));
      if (this.#said) response.setHeader('connection', 'close');
    });
  }

  announce(): void {
    this.#said = true;
    for (const response of this.#inHand) if (!response.headersSent) response.setHeader('connection', 'close');
  }

  /** @param patience milliseconds after which connections are cut that are still open */
  say(patience: number): void {
    this.announce();
    for (const socket of this.#silent) socket.destroy();
    this.server.closeIdleConnections();
    setTimeout(() => this.server.closeAllConnections(), patience).unref();
  }
}
