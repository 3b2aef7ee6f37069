import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP relay on 127.0.0.1 that can be cut, silenced and mended, so that a test can take one server away from one process. */
export interface TcpRelay {
  readonly port: number;
  /** Drops every connection and refuses new ones until `mend`. */
  cut(): void;
  /** Passes nothing on until `mend`, and closes nothing: as a network that has lost its link. */
  silence(): void;
  mend(): void;
  close(): Promise<void>;
}

/** Relays a free port of 127.0.0.1 to `target`. */
export async function startTcpRelay(target: { host: string; port: number }): Promise<TcpRelay> {
  const open = new Map<Socket, Socket>();
  let isCut = false;
  let isSilent = false;
  const server = createServer((inward) => {
    if (isCut) return void inward.destroy();
    const outward = connect(target);
    for (const [socket, other] of [
      [inward, outward],
      [outward, inward],
    ] as const) {
      open.set(socket, other);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        // Nor does a lost link tell that somebody hung up.
        if (!isSilent) other.destroy();
      });
      if (!isSilent) socket.pipe(other);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const dropAll = () => {
    for (const socket of open.keys()) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true;
      dropAll();
    },
    silence() {
      isSilent = true;
      for (const [socket, other] of open) socket.unpipe(other).pause();
    },
    mend() {
      isCut = false;
      if (isSilent) for (const [socket, other] of open) other.destroyed ? socket.destroy() : socket.pipe(other);
      isSilent = false;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        dropAll();
      }),
  };
}
