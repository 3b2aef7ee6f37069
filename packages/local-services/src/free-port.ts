import { createServer } from 'node:net';

/**
 * A TCP port of 127.0.0.1 that nobody listens on at this moment. Another process may take it before the caller does.
 *
 * @param preferred tried first; 0 or absent lets the system choose
 */
export async function freePort(preferred = 0): Promise<number> {
  return (await canListen(preferred)) ?? (await canListen(0)) ?? 0;
}

/** Whether this port of 127.0.0.1 can be listened on now. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await canListen(port)) !== undefined;
}

function canListen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}
