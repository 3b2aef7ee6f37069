import { startTcpRelay, type TcpRelay } from '@grantway/local-services';
import { aNewAuthorization, aTokenFamily } from '@grantway/testing';
import { openReplica } from '../../test/postgres-world.js';
import { type ScratchDatabase, scratchDatabase } from '../../test/scratch-database.js';
import { Database } from './database.js';
import { type GatheredStatement, gatheredLookup, gatheredWrite, parametersOf } from './gathered-statement.js';
import { isInfrastructureError } from './infrastructure-error.js';
import { allStatements } from './statement.js';

const ECHO = gatheredLookup(
  'test_echo',
  { word: 'text', words: 'text[]', bytes: 'bytea', at: 'timestamptz', said: 'jsonb' },
  'SELECT asked.word, asked.words, asked.bytes, asked.at, asked.said, 1 / length(asked.word) AS one',
);
const NAP = gatheredLookup('test_nap', { seconds: 'float8' }, 'SELECT pg_sleep(asked.seconds)');
const ADD = gatheredWrite(
  'test_add',
  { key: 'text', points: 'int' },
  'INSERT INTO attempt_counter (key, points) SELECT key, points FROM asked RETURNING points AS n',
);

describe('gathered statements', () => {
  let scratch: ScratchDatabase;
  let relay: TcpRelay;
  let database: Database;
  beforeAll(async () => {
    scratch = await scratchDatabase();
    const { hostname, port } = new URL(scratch.url);
    relay = await startTcpRelay({ host: hostname, port: Number(port || 5432) });
    const url = new URL(scratch.url);
    url.host = `127.0.0.1:${relay.port}`;
    database = new Database({ url: url.href });
  });
  afterEach(() => relay.mend());
  afterAll(async () => {
    await database.close();
    await relay.close();
    await scratch.drop();
  });

  it('house: values of every kind arrive as they were given', async () => {
    const at = new Date('2026-11-21T12:00:00.123Z');
    const words = ['', 'NULL', 'a "quoted\\" word', '{b,c}', 'ü'];
    const given = [
      { word: 'one', words, bytes: Buffer.from([0, 255]), at, said: { a: ['"\\'] } },
      { word: '{"two"}\\', words: [], bytes: Buffer.alloc(0), at, said: null },
      { word: 'three', words: null, bytes: null, at: null, said: 3 },
    ];
    const found = await Promise.all(
      given.map(({ said, ...each }) => database.call(ECHO, [...Object.values(each), said && JSON.stringify(said)])),
    );
    expect(found).toEqual(given.map((each) => expect.objectContaining(each)));
  });

  it('house: of the calls of one flight those that are no good fail, and no other', async () => {
    const words = ['good', '', 'bad\0', 'good too'];
    const found = await Promise.allSettled(words.map((word) => database.call(ECHO, [word, [], null, null, null])));
    expect(found).toMatchObject([
      { value: { word: 'good' } },
      { reason: { code: '22012' } },
      { reason: { code: '22021' } },
      { value: { word: 'good too' } },
    ]);
  });

  it('house: what a flight wrote before one of its calls failed is written once', async () => {
    await database.call(ADD, ['taken', 1]);
    const calls = ['first', 'taken', 'last'].map((key) => database.call(ADD, [key, 1]));
    expect(await Promise.allSettled(calls)).toMatchObject([
      { value: { n: 1 } },
      { reason: { code: '23505' } },
      { value: { n: 1 } },
    ]);
    const rows = await scratch.query(`SELECT key FROM attempt_counter ORDER BY key`);
    expect(rows).toEqual([{ key: 'first' }, { key: 'last' }, { key: 'taken' }]);
  });

  it('I4 a database that goes away in mid-flight is an outage for all its calls, and none hangs', async () => {
    const calls = Array.from({ length: 100 }, () => database.call(NAP, [0.01]));
    const settled = Promise.allSettled(calls);
    await new Promise((resolve) => setTimeout(resolve, 200));
    relay.cut();
    const reasons = (await settled).map((each) => (each.status === 'rejected' ? each.reason : undefined));
    expect(reasons.map(isInfrastructureError)).toEqual(reasons.map(() => true));
    relay.mend();
    expect(await database.call(NAP, [0])).toBeDefined();
  });

  it('house: their plans look up by key, also when they are made for tables that hold next to nothing', async () => {
    const replica = openReplica(scratch.url, 1);
    for (let n = 0; n < 3; n++) await replica.authorizations.record(aNewAuthorization({ family: aTokenFamily() }));
    await replica.close();
    await scratch.query('ANALYZE');
    const gathered = allStatements().filter((each): each is GatheredStatement => 'types' in each);
    expect(gathered.length).toBeGreaterThan(10);
    const client = await database.pool.connect();
    try {
      for (const { name, text, types } of gathered) {
        await client.query(`PREPARE "plan of ${name}" AS ${text}`);
        const nothing = types.map(() => `'{}'`).join(', ');
        const { rows } = await client.query(`EXPLAIN EXECUTE "plan of ${name}"(${nothing})`);
        const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
        expect({ name, plan }).toEqual({ name, plan: expect.not.stringMatching(/Seq Scan|Hash|Merge Join|Bitmap/) });
        // An index scan without a condition reads all of it.
        const scans = plan.match(/Index (Only )?Scan/g) ?? [];
        expect({ name, plan, conditions: plan.match(/Index Cond/g)?.length ?? 0 }).toMatchObject({
          conditions: scans.length,
        });
      }
    } finally {
      client.release();
    }
  });

  it('house: a column of arrays takes one array for each call', () => {
    expect(
      parametersOf(ECHO, [
        ['a', ['b"', 'c']],
        ['d', null],
      ]).slice(0, 2),
    ).toEqual([
      ['a', 'd'],
      ['{"b\\"","c"}', null],
    ]);
  });
});
