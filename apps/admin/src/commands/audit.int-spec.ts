import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditEvent, auditEventId } from '@grantway/domain';
import { createDatabase, dropDatabase, startTcpRelay, type TcpRelay } from '@grantway/local-services';
import { Database, isInfrastructureError, migrate, PostgresAuditEvents } from '@grantway/persistence';
import { AuditRecorder, createLogger, EventLog, Metrics } from '@grantway/platform';
import { CLI, grantway } from '../../test/run-cli.js';
import { runCommand } from './run-command.js';

const adminUrl = process.env['GRANTWAY_TEST_DATABASE_URL'] ?? '';

async function eventually(holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not come true');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('audit events of a process, on PostgreSQL', () => {
  const name = `audit_${process.pid}_${randomBytes(4).toString('hex')}`;
  let url: string;
  let direct: Database;
  let stored: PostgresAuditEvents;
  beforeAll(async () => {
    url = await createDatabase(adminUrl, name);
    await migrate(url);
    direct = new Database({ url, poolSize: 2 });
    stored = new PostgresAuditEvents(direct);
  });
  afterAll(async () => {
    await direct.close();
    await dropDatabase(adminUrl, name);
  });

  describe('AuditRecorder', () => {
    let relay: TcpRelay;
    let database: Database;
    beforeEach(async () => {
      const { hostname: host, port } = new URL(url);
      relay = await startTcpRelay({ host, port: Number(port) });
      const through = new URL(url);
      through.host = `127.0.0.1:${relay.port}`;
      database = new Database({ url: through.href, poolSize: 2, connectTimeout: 300 });
    });
    afterEach(async () => {
      relay.mend();
      await database.close();
      await relay.close();
    });

    function recording(environmentId: string, most = 10_000) {
      const metrics = new Metrics();
      const recorder = new AuditRecorder({
        ...{ events: new PostgresAuditEvents(database), logger: createLogger('test', 'silent'), metrics },
        ...{ isInfrastructureError, most, patience: 20 },
      });
      const log = new EventLog(createLogger('test', 'silent'), recorder);
      const issue = (count: number) => {
        for (let n = 0; n < count; n++) log.done({ environmentId }, 'token.issue', { client_id: `client-${n}` });
      };
      const count = async () => (await stored.read({ environmentId, limit: 100_000 })).length;
      return { recorder, issue, count, metrics };
    }

    it('house: thousands of events take few statements', async () => {
      const { issue, count } = recording('many');
      const before = await writings();
      issue(3_000);
      await eventually(async () => (await count()) === 3_000);
      expect((await writings()) - before).toBeLessThanOrEqual(10);
    });

    it('I4 I15 a database that is away and comes back has everything, once, up to the bound', async () => {
      const { issue, count, metrics } = recording('away', 1_000);
      issue(10);
      await eventually(async () => (await count()) === 10);
      relay.cut();
      issue(400);
      await eventually(async () => /grantway_audit_waiting 400/.test((await metrics.page()).text));
      issue(1_300);
      // A thousand wait, and those that are in hand, to be written again: the 400, or the 500 that made it worth while.
      const [, lost] = /grantway_audit_lost_total\{why="full"\} (\d+)/.exec((await metrics.page()).text) ?? [];
      expect(['200', '300']).toContain(lost);
      relay.mend();
      await eventually(async () => (await count()) === 1_710 - Number(lost));
    });

    it('I9 what was reported before the end is there after it', async () => {
      const { issue, count, recorder } = recording('drained');
      issue(700);
      await recorder.beforeApplicationShutdown();
      issue(5);
      await recorder.onApplicationShutdown();
      expect(await count()).toBe(705);
    });

    const writings = async () => {
      const { rows } = await direct.pool.query<{ n: string }>(
        `SELECT count(DISTINCT xmin::text)::text AS n FROM audit_event WHERE environment_id = 'many'`,
      );
      return Number(rows[0]?.n);
    };
  });

  describe('grantway audit', () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'grantway-audit-'));
    });
    afterAll(() => rm(folder, { recursive: true }));

    const anEvent = (changes: Partial<AuditEvent> = {}, ago = 0): AuditEvent => ({
      ...{ id: auditEventId(Date.now() - ago), environmentId: 'shop', event: 'token.issue', outcome: 'ok' },
      ...changes,
    });
    /** In this process; a process of its own takes half a second to start. */
    const run = async (args: string[], env: Record<string, string>) => {
      const out: string[] = [];
      const err: string[] = [];
      const speaker = { say: (line: string) => void out.push(line), complain: (line: string) => void err.push(line) };
      const code = await runCommand(args, env, speaker);
      return { code, out: out.join('\n'), err: err.join('\n') };
    };
    const audit = (...args: string[]) => run(['audit', ...args], { DATABASE_URL: url });

    it('house: applied with its event, or not at all', async () => {
      const file = join(folder, 'till.yaml');
      await writeFile(file, 'environment: till\nname: Till\n');
      const env = {
        ...{ DATABASE_URL: url, GRANTWAY_MASTER_KEY: randomBytes(32).toString('base64url') },
        GRANTWAY_OPERATOR: 'grace',
      };
      expect(await grantway(['apply', file], { env })).toMatchObject({ code: 0 });
      const [event] = await stored.read({ environmentId: 'till', limit: 9, event: 'environment.apply' });
      expect(event).toMatchObject({
        actor: 'grace',
        detail: { created: ['environment till'], updated: [], removed: [] },
      });
      // Its event cannot be written, so nothing is.
      await direct.pool.query('ALTER TABLE audit_event RENAME TO away');
      try {
        await writeFile(file, 'environment: till\nname: Another\n');
        expect((await grantway(['apply', file], { env })).code).toBe(3);
      } finally {
        await direct.pool.query('ALTER TABLE away RENAME TO audit_event');
      }
      const { rows } = await direct.pool.query(`SELECT name FROM environment WHERE id = 'till'`);
      expect(rows).toEqual([{ name: 'Till' }]);
    });

    it('house: the newest so many, oldest first; by whom, how it ended and when', async () => {
      await stored.record([
        anEvent({ requestId: 'long ago' }, 3 * 3_600_000),
        anEvent({ requestId: 'one', clientId: 'web', sub: 'ada' }, 3_000),
        anEvent({ requestId: 'two', clientId: 'web', outcome: 'invalid_grant', reason: 'code.expired' }, 2_000),
        anEvent({ requestId: 'three', event: 'user.sign_on', sub: 'ada' }, 1_000),
        anEvent({ requestId: 'theirs', environmentId: 'other' }),
      ]);
      const requests = async (...args: string[]) =>
        [...(await audit('shop', ...args)).out.matchAll(/request(?:=|_id":")"?([a-z ]+)/g)].map(([, id]) => id);
      expect(await requests()).toEqual(['long ago', 'one', 'two', 'three']);
      expect(await requests('--limit', '2')).toEqual(['two', 'three']);
      expect(await requests('--since', '1h')).toEqual(['one', 'two', 'three']);
      expect(await requests('--user', 'ada', '--json')).toEqual(['one', 'three']);
      expect(await requests('--client', 'web', '--outcome', 'refused')).toEqual(['two']);
      expect((await audit('shop', '--outcome', 'invalid_grant')).out).toMatch(
        /^\S+Z {2}token\.issue {2}invalid_grant \(code\.expired\) {2}client=web {2}request=two$/,
      );
      expect(await grantway(['audit', 'nowhere'], { env: { DATABASE_URL: url } })).toMatchObject({
        ...{ code: 0, out: '', err: expect.stringMatching(/^no such events/) },
      });
    });

    it('house: what somebody sent does nothing to a terminal', async () => {
      const evil = 'a\u001b[2Jb\nc\u202ed';
      await stored.record([anEvent({ environmentId: 'evil', reason: evil, detail: { [evil]: evil, list: [evil] } })]);
      const { out } = await audit('evil');
      expect(out.split('\n')).toHaveLength(1);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
      expect(out).not.toMatch(/[\u0000-\u001f\u202e]/);
    });

    it.each([
      [['audit'], 2],
      [['audit', 'shop', 'till'], 2],
      [['audit', 'shop', '--limit', '0'], 2],
      [['audit', 'shop', '--client'], 2],
      [['audit', 'shop', '--since', 'yesterday'], 1],
      [['audit', 'shop', '--event', 'token.isue'], 1],
      [['audit', 'shop'], 3],
    ])('house: %j without a database: exit %i', async (args, code) => {
      expect(await run(args, { GRANTWAY_DATA: folder })).toMatchObject({ code, out: '' });
    });

    it('house: followed, it tells what comes, also what comes late, each once', async () => {
      await stored.record([anEvent({ environmentId: 'live', requestId: 'before' })]);
      const child = spawn(process.execPath, [CLI, 'audit', 'live', '--follow', '--json'], {
        env: { PATH: process.env['PATH'], DATABASE_URL: url },
      });
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      const heard = () =>
        said
          .split('\n')
          .filter(Boolean)
          .map((line) => (JSON.parse(line) as { request_id: string }).request_id);
      try {
        await eventually(() => heard().length === 1);
        const late = anEvent({ environmentId: 'live', requestId: 'late' });
        await stored.record([
          anEvent({ environmentId: 'live', requestId: 'first' }),
          anEvent({ requestId: 'not here' }),
        ]);
        await eventually(() => heard().length === 2);
        await stored.record([late]);
        await eventually(() => heard().length === 3);
        await stored.record([anEvent({ environmentId: 'live', requestId: 'last' })]);
        await eventually(() => heard().length === 4);
        expect(heard()).toEqual(['before', 'first', 'late', 'last']);
      } finally {
        child.kill('SIGKILL');
      }
    });
  });
});
