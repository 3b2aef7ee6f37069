import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { freePort } from '../free-port.js';
import { isAlive } from '../process/process-table.js';
import { findNatsServer } from './find-nats-server.js';
import { startNats } from './nats-server.js';

describe('a nats-server of our own', () => {
  it('greets on its port, comes back on the same port, and is gone when stopped', async () => {
    const nats = await startNats();
    expect(await greeting(nats.port)).toMatch(/^INFO /);
    await nats.stop();
    await nats.stop();
    expect(isAlive(nats.pid)).toBe(false);
    const again = await startNats({ port: nats.port });
    expect(again.url).toBe(nats.url);
    expect(await greeting(nats.port)).toMatch(/^INFO /);
    await again.stop();
  });

  it('says so when the demanded port is taken', async () => {
    const port = await freePort();
    const squatter = createServer().listen(port, '127.0.0.1');
    await once(squatter, 'listening');
    await expect(startNats({ port })).rejects.toThrow(`Port ${port} is taken`);
    squatter.close();
  });
});

describe('finding nats-server', () => {
  it('finds Debian’s although /usr/sbin is not on the PATH of a person', () => {
    expect(findNatsServer({ PATH: '/nowhere' })).toMatch(/nats-server$/);
  });

  it('believes NATS_SERVER_BIN, and refuses what it names if that can’t be run', () => {
    expect(findNatsServer({ NATS_SERVER_BIN: process.execPath })).toBe(process.execPath);
    expect(() => findNatsServer({ NATS_SERVER_BIN: '/nowhere/nats-server' })).toThrow(/NATS_SERVER_BIN is \/nowhere/);
  });
});

async function greeting(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const [chunk] = await once(socket, 'data');
  socket.destroy();
  return String(chunk);
}
