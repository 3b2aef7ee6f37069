import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { LocalServiceError } from './local-service-error.js';

/**
 * Where ports are drawn from: above the well-known services and below 32 768, from where systems take the ports of
 * outgoing connections. One of those would be taken again by any connection between choosing it and listening on it.
 */
const LOWEST = 10_000;
const HIGHEST = 32_000;

const ATTEMPTS = 50;

const given = new Set<number>();

/**
 * A TCP port of 127.0.0.1 that nobody listens on at this moment and that this process was not given before. Another
 * process may still take it before the caller does.
 *
 * @param preferred tried first; 0 or absent draws one between 10 000 and 32 000
 */
export async function freePort(preferred = 0): Promise<number> {
  if (preferred && (await isPortFree(preferred))) return preferred;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(LOWEST, HIGHEST);
    if (given.has(port) || !(await isPortFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new LocalServiceError(`None of ${ATTEMPTS} ports tried between ${LOWEST} and ${HIGHEST} is free.`);
}

/** Whether this port of 127.0.0.1 can be listened on now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
