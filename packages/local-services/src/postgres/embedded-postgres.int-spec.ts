import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from '../free-port.js';
import { isAlive } from '../process/process-table.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import { readPostmasterNote } from './postmaster.js';

const FAST = { fsync: 'off' };
let home: string;
let dataDir: string;
const started: EmbeddedPostgres[] = [];

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'grantway-pg-')));
  dataDir = join(home, 'postgres');
});

afterEach(async () => {
  for (const postgres of started.splice(0)) await postgres.stop();
  await rm(home, { recursive: true, force: true });
});

async function start(options: Partial<Parameters<typeof startEmbeddedPostgres>[0]> = {}) {
  const postgres = await startEmbeddedPostgres({ dataDir, databases: ['one'], extraSettings: FAST, ...options });
  started.push(postgres);
  return postgres;
}

async function query(postgres: EmbeddedPostgres, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: postgres.url('one') });
  await client.connect();
  const { rows } = await client.query({ text: sql, rowMode: 'array' });
  await client.end();
  return rows.flat();
}

/** What a killed `npm start` leaves behind: a server that runs, and the note of an owner that doesn't. */
async function orphan(): Promise<{ pid: number; port: number }> {
  const script = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(join(import.meta.dirname, '../../dist/index.js'))});
    await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, databases: ['one'], extraSettings: { fsync: 'off' } });
    console.log('started');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const note = await readPostmasterNote(dataDir);
  if (!note) throw new Error('the orphan does not run');
  return note;
}

describe('embedded PostgreSQL', () => {
  it('creates a cluster and its databases, keeps data, port and password, and warms up in a moment', async () => {
    const progress: string[] = [];
    const first = await start({ databases: ['one', 'two'], onProgress: (doing) => progress.push(doing) });
    expect(first).toMatchObject({ fresh: true, adopted: false });
    expect(progress).toEqual([expect.stringContaining('creating a PostgreSQL 18 database')]);
    await query(first, 'CREATE TABLE kept AS SELECT 42 AS answer');
    expect(await query(first, "SELECT datname FROM pg_database WHERE datname IN ('one', 'two') ORDER BY 1")).toEqual([
      'one',
      'two',
    ]);
    expect(await query(first, 'SHOW server_encoding')).toEqual(['UTF8']);
    await first.stop();
    await first.stop();

    const before = performance.now();
    const second = await start();
    expect(performance.now() - before).toBeLessThan(3000);
    expect(second).toMatchObject({ fresh: false, adopted: false, port: first.port });
    expect(await query(second, 'SELECT answer FROM kept')).toEqual([42]);
  });

  it('listens on 127.0.0.1 alone, asks for the password and keeps it for its owner alone', async () => {
    const postgres = await start();
    expect(
      await query(
        postgres,
        "SELECT setting FROM pg_settings WHERE name IN ('listen_addresses', 'unix_socket_directories') ORDER BY name",
      ),
    ).toEqual(['127.0.0.1', '']);
    const wrong = new URL(postgres.url('one'));
    wrong.password = 'guess';
    await expect(new Client({ connectionString: wrong.href }).connect()).rejects.toThrow(/authentication failed/);
    expect((await stat(`${dataDir}.password`)).mode & 0o777).toBe(0o600);
    expect(await readFile(join(dataDir, 'pg_hba.conf'), 'utf8')).not.toMatch(/^host.*trust/m);
  });

  it('adopts the server a killed start left running, and stops it in the end', async () => {
    const left = await orphan();
    const postgres = await start();
    expect(postgres).toMatchObject({ adopted: true, fresh: false, port: left.port });
    expect(await query(postgres, 'SELECT 1')).toEqual([1]);
    await postgres.stop();
    expect(isAlive(left.pid)).toBe(false);
  });

  it('starts after the server itself was killed and left its note behind', async () => {
    const left = await orphan();
    process.kill(left.pid, 'SIGKILL');
    const postgres = await start();
    expect(postgres.adopted).toBe(false);
    expect(await query(postgres, 'SELECT 1')).toEqual([1]);
  });

  it('does not take a stranger with a dead server’s process id for the server', async () => {
    await (await start()).stop();
    await writeFile(join(dataDir, 'postmaster.pid'), `${process.pid}\n${dataDir}\n1\n5432\n\n127.0.0.1\n0 0\nready\n`);
    expect(await start()).toMatchObject({ adopted: false });
  });

  it('refuses a directory that another living process owns, and names the process', async () => {
    const postgres = await start();
    await expect(start()).rejects.toThrow(`Another Grantway (process ${process.pid}) is using ${dataDir}`);
    expect(await query(postgres, 'SELECT 1')).toEqual([1]);
  });

  it('starts over after an initdb that never completed', async () => {
    const draft = join(home, 'postgres.new-x1y2z3');
    await mkdir(join(draft, 'base'), { recursive: true });
    await writeFile(join(draft, 'PG_VERSION'), '18\n');
    expect(await start()).toMatchObject({ fresh: true });
    expect((await readdir(home)).filter((name) => name.includes('.new-'))).toEqual([]);
  });

  it.each([
    [
      'data of another major version',
      { PG_VERSION: '17\n' },
      /written by PostgreSQL 17, and this Grantway brings PostgreSQL 18/,
    ],
    ['files that are no PostgreSQL data', { 'thesis.txt': '…' }, /holds files that are no PostgreSQL data/],
    ['data whose password is lost', { PG_VERSION: '18\n' }, /password is missing/],
  ])('refuses %s and changes nothing', async (_what, files, message) => {
    await mkdir(dataDir);
    for (const [name, text] of Object.entries(files)) await writeFile(join(dataDir, name), text);
    if (message.source.includes('written')) await writeFile(`${dataDir}.password`, 'secret\n');
    await expect(start()).rejects.toThrow(message);
    expect(await readdir(dataDir)).toEqual(Object.keys(files));
    expect(await readdir(home)).not.toContain('postgres.owner');
  });

  it('takes another port when the remembered one is busy, and says so when a demanded one is', async () => {
    const port = await freePort();
    await writeFile(`${dataDir}.port`, `${port}\n`);
    const squatter = createServer().listen(port, '127.0.0.1');
    await once(squatter, 'listening');
    await expect(start({ port })).rejects.toThrow(`Port ${port} is taken`);
    expect((await start()).port).not.toBe(port);
    squatter.close();
  });

  it('works below a directory that nobody else may enter, such as /root', async () => {
    await chmod(home, 0o700);
    const postgres = await start();
    expect(await query(postgres, 'SELECT 1')).toEqual([1]);
  });

  it('shuts the server down when its process ends without having stopped it', async () => {
    const script = `
      const { startEmbeddedPostgres } = await import(${JSON.stringify(join(import.meta.dirname, '../../dist/index.js'))});
      await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, databases: [] });
      process.exit(3);`;
    const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    expect(status).toBe(3);
    const postgres = await start();
    expect(postgres).toMatchObject({ adopted: false, fresh: false });
  });
});
