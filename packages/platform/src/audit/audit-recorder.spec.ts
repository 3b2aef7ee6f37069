import { AsyncLocalStorage } from 'node:async_hooks';
import type { HttpCall } from '@grantway/contracts';
import { type AuditEvent, AuditEvents } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import { EventLog } from '../logging/event-log.js';
import { createLogger } from '../logging/logger.js';
import { Metrics } from '../metrics/metrics.js';
import { readLeaveOut } from './audit.module.js';
import { AuditRecorder, type AuditRecorderOptions } from './audit-recorder.js';

const CANARY = 'canary-7f3a9c';
const AWAY = new Error('away');

const call = {
  ...{ environmentId: 'acme', requestId: 'request-1', ip: '192.0.2.1' },
  form: { password: [CANARY], code: [CANARY] },
  authorization: `Basic ${CANARY}`,
} as unknown as HttpCall;

/** A table that is there, away, or refuses. */
class Table {
  readonly writings: AuditEvent[][] = [];
  trouble: Error | undefined;

  async record(events: readonly AuditEvent[]): Promise<void> {
    if (this.trouble) throw this.trouble;
    this.writings.push([...events]);
  }

  get events(): AuditEvent[] {
    return this.writings.flat();
  }
}

function house(options: Partial<AuditRecorderOptions> = {}) {
  const table = new Table();
  const metrics = new Metrics();
  const logged: unknown[] = [];
  const logger = { ...createLogger('test', 'silent'), error: (...said: unknown[]) => void logged.push(said) };
  const recorder = new AuditRecorder({
    ...{ events: table as unknown as AuditEvents, metrics, logger: logger as never },
    isInfrastructureError: (error) => error === AWAY,
    patience: 10,
    ...options,
  });
  const log = new EventLog(createLogger('test', 'silent'), recorder);
  const issued = (count: number) => {
    for (let n = 0; n < count; n++) log.done(call, 'token.issue', { client_id: `client-${n}` });
  };
  const counted = async (name: string) =>
    [...(await metrics.page()).text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)`, 'gm'))]
      .map(([, value]) => Number(value))
      .reduce((sum, value) => sum + value, 0);
  return { table, recorder, log, issued, counted, logged };
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('it did not come true');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('EventLog with an AuditRecorder', () => {
  it('house: who, what, which client, and why it was refused', async () => {
    const { log, recorder, table } = house();
    const about = { sub: 'user-1', authorization_id: 'a-1' };
    log.refused(
      call,
      'token.issue',
      new OAuthError('invalid_grant', { reason: 'authorization_code.replayed', about }),
      {
        ...{ client_id: 'shop', grant_type: 'authorization_code', sub: undefined },
      },
    );
    log.done(call, 'token.revoke', {
      client_id: 'shop',
      sub: 'user-1',
      sid: 's-1',
      scope: 'openid',
      kind: 'refresh_token',
    });
    log.done({ environmentId: 'acme' }, 'backchannel.notify', { reason: 'it answered 500' }, 'given_up');
    await recorder.flush();
    expect(table.events).toMatchObject([
      {
        ...{ environmentId: 'acme', event: 'token.issue', outcome: 'invalid_grant', clientId: 'shop', sub: 'user-1' },
        ...{ reason: 'authorization_code.replayed', authorizationId: 'a-1', grantType: 'authorization_code' },
        ...{ ip: '192.0.2.1', requestId: 'request-1' },
      },
      { event: 'token.revoke', outcome: 'ok', sessionId: 's-1', scope: 'openid', detail: { kind: 'refresh_token' } },
      { event: 'backchannel.notify', outcome: 'given_up', reason: 'it answered 500' },
    ]);
  });

  it('HT-06 nothing of the request but its frame, no secret field, and nothing that is no word or number', async () => {
    const { log, recorder, table } = house();
    log.done(call, 'token.issue', { token: CANARY, code: CANARY, password: CANARY, form: { password: CANARY } });
    log.refused(call, 'token.issue', new OAuthError('invalid_grant', { cause: new Error(CANARY) }));
    await recorder.flush();
    expect(table.events).toHaveLength(2);
    expect(JSON.stringify(table.events)).not.toContain(CANARY);
  });

  it('house: what decides nothing, and what an operator leaves out, is not kept', async () => {
    const { log, recorder, table } = house({ leaveOut: ['token.issue/ok', 'authorization.push'] });
    for (const code of ['authorization_pending', 'slow_down', 'temporarily_unavailable', 'expired_token'] as const) {
      log.refused(call, 'token.issue', new OAuthError(code));
    }
    for (const event of ['token.issue', 'authorization.push', 'token.introspect', 'token.revoke'] as const) {
      log.done(call, event);
    }
    await recorder.flush();
    expect(table.events.map(({ event, outcome }) => [event, outcome])).toEqual([
      ['token.issue', 'expired_token'],
      ['token.revoke', 'ok'],
    ]);
  });
});

describe('AUDIT_LEAVE_OUT', () => {
  it('house: names events, or events with an outcome', () => {
    expect(readLeaveOut('')).toEqual([]);
    expect(readLeaveOut('token.issue/ok,authorization.push')).toEqual(['token.issue/ok', 'authorization.push']);
    expect(() => readLeaveOut('token.issue/ok,token.isue')).toThrow(
      'Configuration: AUDIT_LEAVE_OUT: there is no event token.isue',
    );
  });
});

describe('AuditRecorder', () => {
  it('house: events of a moment are written together, in their order, without being asked', async () => {
    const { issued, table } = house();
    issued(50);
    expect(table.writings).toEqual([]);
    await until(() => table.writings.length > 0);
    expect(table.writings).toHaveLength(1);
    expect(table.events.map(({ clientId }) => clientId)).toEqual(Array.from({ length: 50 }, (_, n) => `client-${n}`));
    issued(1);
    await until(() => table.events.length === 51);
  });

  it('house: is no part of the request that was reported first', async () => {
    const request = new AsyncLocalStorage<string>();
    for (const together of [500, 1]) {
      const { issued, table } = house({ together });
      const writtenIn: unknown[] = [];
      table.record = async () => void writtenIn.push(request.getStore());
      request.run('request-1', () => issued(1));
      await until(() => writtenIn.length > 0);
      expect(writtenIn).toEqual([undefined]);
    }
  });

  it('house: many do not wait, and so many and no more are written at once', async () => {
    const { issued, table } = house({ patience: 60_000, together: 10 });
    issued(35);
    await until(() => table.events.length === 30);
    expect(table.writings.map(({ length }) => length)).toEqual([10, 10, 10]);
  });

  it('I4 I12 while the table is away they wait, so many; the rest is counted and said once', async () => {
    const { issued, table, counted, logged, recorder } = house({ most: 100, together: 20 });
    table.trouble = AWAY;
    issued(20);
    await until(() => table.writings.length === 0);
    await recorder.flush();
    issued(150);
    expect(await counted('grantway_audit_waiting')).toBe(120);
    expect(await counted('grantway_audit_lost_total')).toBe(50);
    expect(logged).toHaveLength(1);
    table.trouble = undefined;
    await until(() => table.events.length === 120);
    expect(new Set(table.events.map(({ id }) => id)).size).toBe(120);
    expect(await counted('grantway_audit_written_total')).toBe(120);
    expect(await counted('grantway_audit_waiting')).toBe(0);
  });

  it('house: what is written again has the same id, so it is there once', async () => {
    const { issued, table, recorder } = house();
    const tried: string[][] = [];
    const record = table.record.bind(table);
    table.record = async (events) => {
      tried.push(events.map(({ id }) => id));
      if (tried.length === 1) throw AWAY;
      await record(events);
    };
    issued(3);
    await recorder.flush();
    await until(() => table.events.length === 3);
    expect(tried[1]).toEqual(tried[0]);
  });

  it('house: what the table does not take holds up nobody', async () => {
    const { issued, table, counted, logged, recorder } = house();
    table.trouble = new Error('column does not exist');
    issued(3);
    await recorder.flush();
    table.trouble = undefined;
    issued(2);
    await recorder.flush();
    expect(table.events).toHaveLength(2);
    expect(await counted('grantway_audit_lost_total')).toBe(3);
    expect(logged.length).toBeGreaterThan(0);
  });

  it('I9 at the end everything is written; with the table away it is given up in time, and said', async () => {
    const one = house({ patience: 60_000, together: 10 });
    one.issued(7);
    await one.recorder.beforeApplicationShutdown();
    one.issued(3);
    await one.recorder.onApplicationShutdown();
    expect(one.table.events).toHaveLength(10);

    const other = house();
    other.table.trouble = AWAY;
    other.issued(4);
    await other.recorder.onApplicationShutdown();
    expect(await other.counted('grantway_audit_lost_total')).toBe(4);
    expect(other.logged).toHaveLength(1);
  });
});
