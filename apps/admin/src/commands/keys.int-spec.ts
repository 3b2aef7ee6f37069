import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MasterKey } from '@grantway/domain';
import { createDatabase, dropDatabase } from '@grantway/local-services';
import { Database } from '@grantway/persistence';
import { KeyRotation } from '@grantway/token-signing';
import { grantway } from '../../test/run-cli.js';
import { type OpenInstallation, openInstallation } from '../open-installation.js';

const adminUrl = process.env['GRANTWAY_TEST_DATABASE_URL'] ?? '';
const KID = '[A-Za-z0-9_-]{43}';

describe('grantway keys, on PostgreSQL', () => {
  const name = `admin_${process.pid}_${randomBytes(4).toString('hex')}`;
  const masterKey = randomBytes(32).toString('base64url');
  let folder: string;
  let env: Record<string, string>;
  let database: Database;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'grantway-keys-'));
    const url = await createDatabase(adminUrl, name);
    env = { DATABASE_URL: url, GRANTWAY_MASTER_KEY: masterKey };
    // Not one of those that are cut off.
    database = new Database({ url: `${url}?application_name=outside` });
    const file = join(folder, 'shop.yaml');
    await writeFile(file, 'environment: shop\nsigning: { announceFor: 3600, rotateEvery: 0 }\n');
    await grantway(['migrate'], { env });
    expect(await grantway(['apply', file], { env })).toMatchObject({ code: 0, err: '' });
  });
  afterAll(async () => {
    await database.close();
    await dropDatabase(adminUrl, name);
    await rm(folder, { recursive: true });
  });

  const run = (...args: string[]) => grantway(['keys', ...args], { env });
  const rows = async () => (await database.pool.query('SELECT * FROM signing_key ORDER BY created_at, kid')).rows;
  const states = async () => (await rows()).map(({ algorithm, state }) => `${algorithm} ${state}`).toSorted();

  it('I8 rotate announces a successor for one algorithm or for each, and says from when it signs', async () => {
    const one = await run('rotate', 'shop', '--algorithm', 'ES256');
    expect(one).toMatchObject({
      code: 0,
      out: expect.stringMatching(new RegExp(`^${KID}: ES256, announced; signs from 20\\S+Z$`)),
      err: expect.stringMatching(
        new RegExp(`"environment":"shop","kid":"${KID}","alg":"ES256","msg":"signing key announce"`),
      ),
    });
    const from = Date.parse(one.out.split(' signs from ')[1] ?? '');
    const [announced] = (await rows()).filter(({ state }) => state === 'announced');
    expect(from - announced.created_at.getTime()).toBeLessThanOrEqual(3_600_000);
    expect((await run('rotate', 'shop')).out.split('\n')).toHaveLength(2);
    expect(await states()).toEqual([
      ...['ES256 active', 'ES256 announced', 'ES256 announced', 'RS256 active', 'RS256 announced'],
    ]);
  });

  it('JW-07 remove replaces the key that signs, and only that; what was done is told without a secret', async () => {
    const before = await rows();
    const active = before.find(({ algorithm, state }) => algorithm === 'RS256' && state === 'active');
    const announced = before.find(({ algorithm, state }) => algorithm === 'RS256' && state === 'announced');
    const removed = await run('remove', 'shop', active.kid, '--yes');
    expect([removed.code, removed.out]).toEqual([
      0,
      expect.stringMatching(new RegExp(`^${active.kid}: removed\n${KID}: RS256, active in its place$`)),
    ]);
    const told = await database.pool.query(`SELECT event, actor, detail FROM audit_event WHERE event = 'key.remove'`);
    expect(told.rows).toMatchObject([
      { actor: expect.any(String), detail: { kid: active.kid, alg: 'RS256', was: 'active' } },
    ]);
    expect(removed.err).toMatch(new RegExp(`"kid":"${active.kid}".*"was":"active","replacement":"${KID}"`));
    expect(await run('remove', 'shop', '--yes', announced.kid)).toMatchObject({
      code: 0,
      out: `${announced.kid}: removed`,
    });
    expect((await states()).filter((state) => state.startsWith('RS256'))).toEqual([
      ...['RS256 active', 'RS256 retired', 'RS256 retired'],
    ]);
    for (const { private_key, state } of await rows())
      expect([state, private_key.length > 0]).toEqual([state, state !== 'retired']);
    expect(await run('remove', 'shop', active.kid, '--yes')).toMatchObject({
      code: 1,
      err: expect.stringContaining('in use'),
    });
  });

  it('house: list says what every key is, and since or until when', async () => {
    const { code, out, err } = await run('list', 'shop');
    expect([code, err]).toEqual([0, '']);
    const lines = out.split('\n');
    expect(lines).toHaveLength((await rows()).length);
    for (const line of lines) {
      expect(line).toMatch(
        new RegExp(`^${KID}: (ES256|RS256), (active since|announced; signs from|retired since) 20\\S+Z$`),
      );
    }
  });

  it.each([
    [2, [], 'keys …'],
    [2, ['turn', 'shop'], 'keys …'],
    [2, ['list'], 'list ENVIRONMENT'],
    [2, ['list', 'shop', 'x'], 'list ENVIRONMENT'],
    [2, ['list', 'shop', '--yes'], 'list ENVIRONMENT'],
    [2, ['rotate', 'shop', '--algorithm', 'HS256'], 'ES256|RS256'],
    [2, ['remove', 'shop', '--yes'], 'remove ENVIRONMENT KID --yes'],
    [2, ['remove', 'shop', 'A'.repeat(43)], 'worthless from then on'],
    [1, ['remove', 'shop', `-${'A'.repeat(42)}`, '--yes'], 'has no key'],
    [1, ['list', 'nowhere'], 'there is no environment "nowhere"'],
  ])('house: exit %i and nothing written for %j', async (expected, args, message) => {
    const before = await rows();
    expect(await run(...args)).toMatchObject({ code: expected, out: '', err: expect.stringContaining(message) });
    expect(await rows()).toEqual(before);
  });

  describe('processes that sweep', () => {
    const RACERS = 10;
    const opened: OpenInstallation[] = [];
    beforeAll(async () => {
      const installation = { databaseUrl: env['DATABASE_URL'] ?? '', masterKey: MasterKey.parse(masterKey) };
      for (let n = 0; n < RACERS; n++) opened.push(await openInstallation(installation));
      await database.pool.query(
        `UPDATE environment SET signing = signing || '{"rotateEvery": 864000}' WHERE id = 'shop'`,
      );
      await database.pool.query(`DELETE FROM signing_key WHERE state <> 'active'`);
    });
    afterAll(() => Promise.all(opened.map(({ close }) => close())));

    const elapse = (seconds: number) =>
      database.pool.query(
        `UPDATE signing_key SET created_at = created_at - make_interval(secs => $1),
           activated_at = activated_at - make_interval(secs => $1), keep_until = keep_until - make_interval(secs => $1)
         WHERE state <> 'retired'`,
        [seconds],
      );
    const sweep = async () => {
      const sweeps = await Promise.allSettled(opened.map(({ get }) => get(KeyRotation).sweep()));
      return sweeps.flatMap((each) => (each.status === 'fulfilled' ? each.value.done : [])).map(({ step }) => step);
    };

    it('I8 4.4 ten at once make one new key for each algorithm, activate it once, and retire the old one once', async () => {
      await elapse(864_000);
      expect((await sweep()).toSorted()).toEqual(['follow', 'follow']);
      expect(await states()).toEqual(['ES256 active', 'ES256 announced', 'RS256 active', 'RS256 announced']);
      await elapse(3_600);
      expect((await sweep()).filter((step) => step === 'activate')).toHaveLength(2);
      await sweep();
      expect(await states()).toEqual(['ES256 active', 'ES256 retired', 'RS256 active', 'RS256 retired']);
    });

    it('4.4 whatever is cut off in the middle, at every moment one key signs, and the rotation comes to its end', async () => {
      let over = false;
      const wrong: string[][] = [];
      const watching = (async () => {
        while (!over) {
          const active = (await states()).filter((state) => state.endsWith('active'));
          if (active.join() !== 'ES256 active,RS256 active') wrong.push(active);
        }
      })();
      const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()
                   AND application_name = 'grantway' AND random() < 0.3`;
      const [kid] = (await rows()).filter(({ state, algorithm }) => state === 'active' && algorithm === 'ES256');
      const isFollowed = async () =>
        (await rows()).filter(({ state }) => state === 'active').every((row) => row.kid !== kid.kid);
      for (let rounds = 0; rounds < 30 && !(await isFollowed()); rounds++) {
        await elapse(432_000);
        const cutting = database.pool.query(cut).catch(() => {});
        await Promise.all([sweep(), cutting]);
      }
      over = true;
      await watching;
      expect(wrong).toEqual([]);
      expect(await isFollowed()).toBe(true);
      expect((await states()).filter((state) => state.endsWith('announced')).length).toBeLessThanOrEqual(2);
    });
  });

  it('house: under another master key nothing is made and nothing removed: the services could not open it', async () => {
    const before = await rows();
    const stranger = { ...env, GRANTWAY_MASTER_KEY: randomBytes(32).toString('base64url') };
    const active = before.find(({ state }) => state === 'active');
    for (const args of [
      ['rotate', 'shop'],
      ['remove', 'shop', active.kid, '--yes'],
    ]) {
      expect(await grantway(['keys', ...args], { env: stranger })).toMatchObject({
        code: 3,
        err: expect.stringContaining('another GRANTWAY_MASTER_KEY'),
      });
    }
    expect(await rows()).toEqual(before);
  });
});
