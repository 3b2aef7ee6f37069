import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

describe('a nats-server with a list of users', () => {
  it('house: asks who everybody is, learns from a list that was replaced, and leaves no file behind', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nats-users-'));
    const users = join(folder, 'nats-users.conf');
    const listing = (name: string) => writeFile(users, `users = [ { user: "${name}", password: "p" } ]\n`);
    await listing('ada');
    const before = await ownFolders();
    const nats = await startNats({ users, ownGroup: false });
    try {
      expect(await greeting(nats.port)).toContain('"auth_required":true');
      expect(await entering(nats.port, 'ada')).toBe('+OK');
      expect(await entering(nats.port, 'grace')).toMatch(/Authorization Violation/);
      await listing('grace');
      nats.reload();
      while ((await entering(nats.port, 'grace')) !== '+OK');
      expect(await entering(nats.port, 'ada')).toMatch(/Authorization Violation/);
    } finally {
      await nats.stop();
    }
    expect(await ownFolders()).toEqual(before);
    await rm(folder, { recursive: true });
  });

  it('house: a list that is none is said, with what nats-server says of it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nats-users-'));
    const users = join(folder, 'nats-users.conf');
    await writeFile(users, 'users = [ { nkey: "nobody" } ]\n');
    await expect(startNats({ users })).rejects.toThrow(/did not start[\s\S]*nkey/);
    await rm(folder, { recursive: true });
  });
});

/** Of this test run alone there are some; others come and go with their own. */
async function ownFolders(): Promise<string[]> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith('grantway-nats-'));
  const texts = await Promise.all(
    names.map((name) => readFile(join(tmpdir(), name, 'server.conf'), 'utf8').catch(() => '')),
  );
  return texts.filter((text) => text.includes('nats-users-')).sort();
}

/** What the server says to a name, with the right password. */
async function entering(port: number, user: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  let said = '';
  socket.on('data', (text: string) => {
    said += text;
    if (/^INFO .*\r\n$/.test(said)) socket.write(`CONNECT {"verbose":true,"user":"${user}","pass":"p"}\r\n`);
    else if (/\r\n(\+OK|-ERR)/.test(said)) socket.destroy();
  });
  // One that is cut off while the server reads its files says nothing.
  socket.on('error', () => {});
  await once(socket, 'close');
  return said.split('\r\n')[1] ?? '';
}

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
