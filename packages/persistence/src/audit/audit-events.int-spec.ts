import { type AuditEvent, auditEventId } from '@grantway/domain';
import { describeAuditEvents } from '@grantway/testing';
import { postgresWorld } from '../../test/postgres-world.js';
import { type ScratchDatabase, scratchDatabase } from '../../test/scratch-database.js';
import { Database } from '../database/database.js';
import { PartitionCare } from '../database/partition-care.js';
import { PostgresAuditEvents } from './audit-events.store.js';

describeAuditEvents('PostgreSQL', postgresWorld);

const DAY = 86_400_000;

describe('audit events in PostgreSQL', () => {
  let scratch: ScratchDatabase;
  let database: Database;
  let audit: PostgresAuditEvents;
  beforeAll(async () => {
    scratch = await scratchDatabase();
    database = new Database({ url: scratch.url, poolSize: 4 });
    audit = new PostgresAuditEvents(database);
  });
  afterAll(async () => {
    await database.close();
    await scratch.drop();
  });

  const anEvent = (changes: Partial<AuditEvent> = {}, moment = Date.now()): AuditEvent => ({
    ...{ id: auditEventId(moment), environmentId: 'acme', event: 'token.issue', outcome: 'ok' },
    ...changes,
  });
  const count = async (table: string) =>
    (await scratch.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]?.n;

  it.each([
    ['NUL', 'a\0b'],
    ['half a character', 'a\ud800b'],
    ['a very long text', 'a'.repeat(100_000)],
  ])('I12 %s costs nobody beside it their place', async (_what, text) => {
    const odd = anEvent({ environmentId: text.slice(0, 1), reason: text, sub: text, detail: { text, list: [text] } });
    const plain = anEvent({ environmentId: 'beside', requestId: text.slice(0, 1) });
    await audit.record([odd, { ...plain, authorizationId: 'no uuid', sessionId: text }]);
    const [found] = await audit.read({ environmentId: 'beside', limit: 1 });
    expect(found).toEqual(plain);
    const [cleaned] = await audit.read({ environmentId: text.slice(0, 1), limit: 1 });
    expect(cleaned?.reason).toHaveLength(Math.min(text.length, 1_000));
  });

  it('house: the moment can be read from the id by hand', async () => {
    const moment = Date.UTC(2026, 10, 21, 12, 0, 0, 123);
    const [row] = await scratch.query<{ time: Date }>('SELECT grantway_uuid_time($1) AS time', [auditEventId(moment)]);
    expect(row?.time.getTime()).toBe(moment);
  });

  it('house: reads by an index, an environment’s in order of time, and a person’s', async () => {
    const explained = async (more: string) => {
      const lines = await scratch.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT id FROM audit_event WHERE environment_id = 'acme' AND id >= grantway_uuid_floor(now())${more}
         ORDER BY id DESC LIMIT 10`,
      );
      return lines.map((line) => line['QUERY PLAN']).join('\n');
    };
    await scratch.query('SET enable_seqscan = off; SET enable_bitmapscan = off');
    expect(await explained('')).not.toMatch(/Sort|Seq Scan/);
    expect(await explained(` AND sub = 'ada'`)).toMatch(/sub_.*idx|sub/);
  });

  it('I12 drops the days nobody keeps, and what was still to be handed on of them; never a day that is kept', async () => {
    const old = Date.now() - 40 * DAY;
    const day = new Date(old).toISOString().slice(0, 10);
    const part = `audit_event_p${day.replaceAll('-', '')}`;
    await scratch.query(
      `CREATE TABLE ${part} PARTITION OF audit_event
       FOR VALUES FROM (grantway_uuid_floor('${day} UTC')) TO (grantway_uuid_floor('${day} UTC'::timestamptz + interval '1 day'))`,
    );
    await audit.follow(true);
    await audit.record([anEvent({}, old), anEvent({ sub: 'kept' })]);
    const before = await count('audit_outbox');
    await new PartitionCare(database).drop();
    expect(await new PartitionCare(database).dropAudit()).toBe(0);
    expect(await new PartitionCare(database, 41).dropAudit()).toBe(0);
    expect(await count(part)).toBe(1);
    expect(await new PartitionCare(database, 30).dropAudit()).toBe(1);
    expect(await scratch.query('SELECT to_regclass($1) AS found', [part])).toEqual([{ found: null }]);
    expect(await count('audit_outbox')).toBe(Number(before) - 1);
    expect(await audit.read({ environmentId: 'acme', sub: 'kept', limit: 1 })).toHaveLength(1);
    await audit.follow(false);
  });

  it('house: what waits to be handed on and is no more holds up nobody', async () => {
    await audit.follow(true);
    await scratch.query(`INSERT INTO audit_outbox (id, environment_id) VALUES ($1, 'acme')`, [auditEventId(0)]);
    const event = anEvent();
    await audit.record([event]);
    const taken: string[] = [];
    expect(await audit.handOn(9, async (events) => void taken.push(...events.map(({ id }) => id)))).toBe(2);
    expect(taken).toEqual([event.id]);
    await audit.follow(false);
  });

  it('I7 a connection that breaks over a batch leaves it to the next one', async () => {
    await audit.follow(true);
    await audit.record([anEvent()]);
    const broken = audit.handOn(9, async () => void (await scratch.terminate('grantway')));
    await expect(broken).rejects.toThrow();
    expect(await audit.handOn(9, async () => {})).toBe(1);
    await audit.follow(false);
  });
});
