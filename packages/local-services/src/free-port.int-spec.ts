import { createServer } from 'node:net';
import { freePort, isPortFree } from './free-port.js';

describe('freePort', () => {
  it('gives a port below those of outgoing connections, never the same twice', async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()));

    expect(new Set(ports).size).toBe(50);
    expect(Math.min(...ports)).toBeGreaterThanOrEqual(10_000);
    expect(Math.max(...ports)).toBeLessThan(32_000);
  });

  it('gives the preferred port when it is free, another one when it is not', async () => {
    const port = await freePort();
    expect(await freePort(port)).toBe(port);

    const server = createServer();
    await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
    expect(await isPortFree(port)).toBe(false);
    expect(await freePort(port)).not.toBe(port);
    await new Promise((done) => server.close(done));
  });
});
