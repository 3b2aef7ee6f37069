import { createServer, type Server, type Socket } from 'node:net';
import { startTcpRelay, type TcpRelay } from '@grantway/local-services';
import { eventually } from '@grantway/testing';
import { type ScratchDatabase, scratchDatabase } from '../../test/scratch-database.js';
import { Database, type DatabaseOptions } from './database.js';
import { DatabaseHealth } from './database-health.js';
import { isInfrastructureError } from './infrastructure-error.js';
import { type Measures, NOTHING_MEASURED } from './measures.js';
import { statement } from './statement.js';

const TWO = statement('test_two', 'SELECT 2 AS two');
const SLEEP = statement('test_sleep', 'SELECT pg_sleep($1)');
const WRITE = statement('test_write', `UPDATE environment SET name = 'x'`);

describe('Database', () => {
  let scratch: ScratchDatabase;
  let relay: TcpRelay;
  const opened: Database[] = [];
  beforeAll(async () => {
    scratch = await scratchDatabase();
    const { hostname, port } = new URL(scratch.url);
    relay = await startTcpRelay({ host: hostname, port: Number(port || 5432) });
  });
  afterEach(async () => {
    relay.mend();
    await Promise.all(opened.splice(0).map((database) => database.close()));
  });
  afterAll(async () => {
    await relay.close();
    await scratch.drop();
  });

  function open(options: Partial<DatabaseOptions> = {}): Database {
    const database = new Database({ url: scratch.url, ...options });
    opened.push(database);
    return database;
  }
  function throughRelay(): string {
    const url = new URL(scratch.url);
    url.host = `127.0.0.1:${relay.port}`;
    return url.href;
  }
  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  it('house: nothing connects before the first statement', async () => {
    open({ url: 'postgres://nobody@127.0.0.1:1/none' });
    await new Promise((resolve) => setTimeout(resolve, 50));
  });

  it('house: it tells how its pool is doing, and how long statements take, also those that fail', async () => {
    const told: [string, string, number][] = [];
    const gauges: (() => void)[] = [];
    const set = (name: string) => (labels: Readonly<Record<string, string>>, value: number) =>
      void told.push([name, Object.values(labels).join(), value]);
    const measures: Measures = {
      ...NOTHING_MEASURED,
      gauge: (name, _help, _labels, collect) => gauges.push(() => void collect({ set: set(name) })),
      hotHistogram: (name) => ({
        series: (labels) => ({ observe: (seconds) => void told.push([name, Object.values(labels).join(), seconds]) }),
      }),
    };
    const database = open({ measures, poolSize: 2 });
    await failureOf(database.query(SLEEP, ['no number']));
    await database.query(TWO, []);
    for (const gauge of gauges) gauge();
    const connections = 'grantway_database_pool_connections';
    const durations = 'grantway_database_statement_duration_seconds';
    expect(told).toEqual([
      [durations, 'test_sleep', expect.any(Number)],
      [durations, 'test_two', expect.any(Number)],
      [connections, 'total', 1],
      [connections, 'idle', 1],
      [connections, 'waiting', 0],
    ]);
    expect(told.every(([, , value]) => value >= 0 && value < 60)).toBe(true);
  });

  it('recipe 11 after all its connections were terminated the pool serves on', async () => {
    const database = open({ poolSize: 4 });
    await Promise.all(Array.from({ length: 4 }, () => database.query(SLEEP, [0.05])));
    expect(await scratch.terminate('grantway')).toBe(4);
    await eventually(async () => (await failureOf(database.query(TWO, []))) === undefined);
    expect(await Promise.all(Array.from({ length: 8 }, () => database.query(TWO, [])))).toHaveLength(8);
  });

  it('I4 a connection that is terminated in mid-statement is an outage', async () => {
    const database = open();
    const failure = failureOf(database.query(SLEEP, [5]));
    await eventually(async () => (await scratch.terminate('grantway')) > 0);
    expect(isInfrastructureError(await failure)).toBe(true);
    expect(await database.query(TWO, [])).toEqual([{ two: 2 }]);
  });

  it('recipe 9 a database that is away is an outage, and its return needs no restart', async () => {
    const database = open({ url: throughRelay() });
    const health = new DatabaseHealth(database);
    await health.check();
    relay.cut();
    expect(isInfrastructureError(await failureOf(database.query(TWO, [])))).toBe(true);
    expect(isInfrastructureError(await failureOf(health.check()))).toBe(true);
    relay.mend();
    await eventually(async () => (await failureOf(health.check())) === undefined);
    expect(await database.query(TWO, [])).toEqual([{ two: 2 }]);
  });

  it('I4 nobody listening is an outage', async () => {
    const database = open({ url: 'postgres://postgres@127.0.0.1:1/none' });
    expect(isInfrastructureError(await failureOf(database.query(TWO, [])))).toBe(true);
  });

  it('recipe 10 a statement that takes too long is ended by the server', async () => {
    const database = open({ statementTimeout: 200 });
    const failure = await failureOf(database.query(SLEEP, [5]));
    expect(failure).toMatchObject({ code: '57014' });
    expect(isInfrastructureError(failure)).toBe(true);
  });

  it('recipe 10 a server that accepts and then says nothing is an outage, soon', async () => {
    const sockets = new Set<Socket>();
    const silent: Server = createServer((socket) => void sockets.add(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const database = open({ url: `postgres://postgres@127.0.0.1:${port}/none`, connectTimeout: 200 });
    const began = Date.now();
    expect(isInfrastructureError(await failureOf(database.query(TWO, [])))).toBe(true);
    expect(Date.now() - began).toBeLessThan(1500);
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it('recipe 12 a pool that is exhausted is an outage and recovers', async () => {
    const database = open({ poolSize: 1, connectTimeout: 200 });
    const busy = database.query(SLEEP, [0.6]);
    expect(isInfrastructureError(await failureOf(database.query(TWO, [])))).toBe(true);
    await busy;
    expect(await database.query(TWO, [])).toEqual([{ two: 2 }]);
  });

  it('recipe 13 a server that became read-only is an outage', async () => {
    await scratch.query(`ALTER DATABASE ${scratch.name} SET default_transaction_read_only = on`);
    try {
      const failure = await failureOf(open().execute(WRITE, []));
      expect(failure).toMatchObject({ code: '25006' });
      expect(isInfrastructureError(failure)).toBe(true);
    } finally {
      await scratch.query('SET default_transaction_read_only = off');
      await scratch.query(`ALTER DATABASE ${scratch.name} RESET default_transaction_read_only`);
    }
  });

  it('recipe 15 a serialization failure is tried again, three times and no more', async () => {
    const database = open();
    let fails = 3;
    const real = database.pool.query.bind(database.pool);
    const conflict = Object.assign(new Error('could not serialize access'), { code: '40001' });
    database.pool.query = (async (query: never) => {
      if (fails-- > 0) throw conflict;
      return real(query);
    }) as never;
    expect(await database.query(TWO, [])).toEqual([{ two: 2 }]);
    fails = 4;
    expect(await failureOf(database.query(TWO, []))).toBe(conflict);
    expect(isInfrastructureError(conflict)).toBe(true);
  });

  it('house: a schema that is not there yet is not ready', async () => {
    const empty = await scratchDatabase({ migrated: false });
    await expect(new DatabaseHealth(open({ url: empty.url })).check()).rejects.toThrow('the schema is missing');
    await Promise.all(opened.splice(0).map((database) => database.close()));
    await empty.drop();
  });

  it('house: readiness does not wait for a database that takes its time', async () => {
    const database = open({ poolSize: 1 });
    const busy = database.query(SLEEP, [0.5]);
    expect(isInfrastructureError(await failureOf(new DatabaseHealth(database).check(100)))).toBe(true);
    await busy;
  });

  it('house: Prisma’s client answers over the same pool, and errors of its own are recognised', async () => {
    const database = open({ url: throughRelay(), poolSize: 2 });
    const prisma = await database.prisma();
    expect(await prisma.environment.findMany()).toEqual([]);
    expect(database.pool.totalCount).toBe(1);
    relay.cut();
    expect(isInfrastructureError(await failureOf(prisma.environment.findMany()))).toBe(true);
    expect(isInfrastructureError(await failureOf(prisma.$transaction((tx) => tx.environment.findMany())))).toBe(true);
    relay.mend();
    await eventually(async () => (await failureOf(prisma.environment.findMany())) === undefined);
  });

  it('house: closing waits for statements that run and ends every connection', async () => {
    const database = open({ poolSize: 2 });
    const running = database.query(SLEEP, [0.3]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await Promise.all([database.close(), database.close()]);
    await running;
    expect(isInfrastructureError(await failureOf(database.query(TWO, [])))).toBe(true);
  });
});
