import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.js';
import { ManagedProcess } from './managed-process.js';
import { isAlive } from './process-table.js';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'grantway-process-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function script(code: string): Promise<string> {
  const file = join(home, `${Math.random().toString(36).slice(2)}.mjs`);
  await writeFile(file, code);
  return file;
}

const SERVER = `
  import { createServer } from 'node:http';
  console.log('hello', process.env.NODE_OPTIONS ?? 'no options');
  let ready = false;
  setTimeout(() => { ready = true; }, 100);
  createServer((_, reply) => reply.writeHead(ready ? 200 : 503).end()).listen(process.env.PORT, '127.0.0.1');
  process.on('SIGTERM', () => { console.log('drained'); process.exit(0); });`;

async function server(more = {}) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/readyz`;
  const options = { name: 'server-1', env: { PORT: String(port) }, readyUrl: url, ...more };
  return { url, managed: new ManagedProcess({ script: await script(SERVER), ...options }) };
}

describe('a managed process', () => {
  it('is ready when its url answers 200, drains when stopped, and starts again', async () => {
    const { managed, url } = await server();
    await managed.start();
    expect((await fetch(url)).status).toBe(200);
    const { pid } = managed;
    expect(await managed.stop()).toBe(true);
    expect(managed.lastLines()).toEqual(['hello no options', 'drained']);
    await managed.start();
    expect(managed.pid).not.toBe(pid);
    await managed.stop();
    expect(managed.pid).toBeUndefined();
  });

  it('tells a crash from a kill that was asked for', async () => {
    const ends: string[] = [];
    const { managed } = await server({ onUnexpectedExit: (how: string) => ends.push(how) });
    await managed.start();
    await managed.kill();
    await managed.start();
    process.kill(managed.pid ?? 0, 'SIGKILL');
    while (managed.isRunning) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(ends).toEqual(['signal SIGKILL']);
  });

  it('carries the last lines of what ended before it was ready', async () => {
    const broken = await script(`console.error('DATABASE_URL is missing'); process.exit(2);`);
    const managed = new ManagedProcess({ name: 'token-1', script: broken, readyUrl: 'http://127.0.0.1:9/readyz' });
    await expect(managed.start()).rejects.toThrow(/token-1 stopped \(exit code 2\).*\n {2}DATABASE_URL is missing/);
  });

  it('gives up on what never becomes ready, and leaves nothing running', async () => {
    const sleeper = await script('setInterval(() => {}, 1000)');
    const options = { name: 'slow-1', script: sleeper, readyUrl: 'http://127.0.0.1:9/readyz', readyTimeout: 300 };
    const managed = new ManagedProcess(options);
    await expect(managed.start()).rejects.toThrow('slow-1 was not ready after 0.3 s');
    expect(managed.isRunning).toBe(false);
  });

  it('does not outlive a parent that was killed', async () => {
    const port = await freePort();
    const child = await script(SERVER);
    const parent = await script(`
      import { ManagedProcess } from ${JSON.stringify(join(import.meta.dirname, '../../dist/index.js'))};
      const managed = new ManagedProcess({ name: 'child', script: ${JSON.stringify(child)}, env: { PORT: '${port}' }, readyUrl: 'http://127.0.0.1:${port}/' });
      console.log((await managed.start()).pid);`);
    const running = spawn(process.execPath, [parent], {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = Number(String((await once(running.stdout, 'data'))[0]));
    expect(isAlive(pid)).toBe(true);
    running.kill('SIGKILL');
    const deadline = Date.now() + 5000;
    while (isAlive(pid) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isAlive(pid)).toBe(false);
  });
});
