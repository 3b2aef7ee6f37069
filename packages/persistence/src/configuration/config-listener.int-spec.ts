import { startTcpRelay, type TcpRelay } from '@grantway/local-services';
import { aClient, anEnvironment, eventually } from '@grantway/testing';
import { openReplica } from '../../test/postgres-world.js';
import { type ScratchDatabase, scratchDatabase } from '../../test/scratch-database.js';

describe('ConfigListener', () => {
  let scratch: ScratchDatabase;
  let relay: TcpRelay;
  let replica: ReturnType<typeof openReplica>;
  let writer: ReturnType<typeof openReplica>;
  beforeEach(async () => {
    scratch = await scratchDatabase();
    const { hostname, port } = new URL(scratch.url);
    relay = await startTcpRelay({ host: hostname, port: Number(port || 5432) });
    const url = new URL(scratch.url);
    url.host = `127.0.0.1:${relay.port}`;
    [replica, writer] = [openReplica(url.href), openReplica(scratch.url)];
    await eventually(async () => replica.cache.listening);
    await configure({});
    // The announcement must be behind us before a test may count on what it reads staying in the cache.
    await new Promise((resolve) => setTimeout(resolve, 100));
  });
  afterEach(async () => {
    relay.mend();
    await Promise.all([replica.close(), writer.close()]);
    await relay.close();
    await scratch.drop();
  });

  const configure = (changes: Partial<ReturnType<typeof aClient>>) =>
    writer.configs.apply({
      environment: anEnvironment(),
      resources: [],
      clients: [aClient(changes)],
      users: [],
      serviceAccounts: [],
    });
  const name = async () => (await replica.clients.find('acme', 'shop'))?.name;

  it('design §4.6 a change bites within a second', async () => {
    expect(await name()).toBe('Shop');
    await configure({ name: 'Changed' });
    await eventually(async () => (await name()) === 'Changed');
  });

  it('adr/0001 a change made by hand bites as well', async () => {
    expect(await name()).toBe('Shop');
    await scratch.query(`UPDATE client SET enabled = false WHERE id = 'shop'`);
    await eventually(async () => (await replica.clients.find('acme', 'shop'))?.enabled === false);
    await scratch.query(`DELETE FROM environment WHERE id = 'acme'`);
    await eventually(async () => (await replica.clients.find('acme', 'shop')) === undefined);
    expect(await replica.environments.find('acme')).toBeUndefined();
  });

  it('recipe 11 after its connection was terminated it listens again, and what it missed is forgotten', async () => {
    expect(await name()).toBe('Shop');
    expect(await scratch.terminate('grantway-listen')).toBe(2);
    await scratch.query(`UPDATE client SET name = 'Missed' WHERE id = 'shop'`);
    await eventually(async () => (await name()) === 'Missed');
    await eventually(async () => replica.cache.listening);
    await configure({ name: 'Heard' });
    await eventually(async () => (await name()) === 'Heard');
  });

  it('4.4 while the database is away configuration is served, and after its return a change bites', async () => {
    expect(await name()).toBe('Shop');
    relay.cut();
    await eventually(async () => !replica.cache.listening);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(await name()).toBe('Shop');
    await expect(replica.clients.find('acme', 'never-read')).rejects.toThrow();
    await configure({ name: 'Meanwhile' });
    relay.mend();
    await eventually(async () => (await name()) === 'Meanwhile', 30_000);
    await eventually(async () => replica.cache.listening, 30_000);
  });

  it('house: stopped, it holds no connection', async () => {
    await Promise.all([replica.close(), writer.close()]);
    const held = `SELECT count(*)::int AS held FROM pg_stat_activity WHERE datname = $1 AND application_name LIKE 'grantway%'`;
    await eventually(async () => (await scratch.query<{ held: number }>(held, [scratch.name]))[0]?.held === 0);
  });
});
