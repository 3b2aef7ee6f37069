import type { HttpCall } from '@grantway/contracts';
import { OAuthError } from '@grantway/protocol';
import pino from 'pino';
import { EventLog } from './event-log.js';
import { createLogger, type Logger } from './logger.js';

const CANARY = 'canary-7f3a9c';

/** The lines a logger wrote while `work` ran. */
function written(work: (logger: Logger) => void, level = 'debug'): Record<string, unknown>[] {
  const lines: string[] = [];
  const logger = createLogger('kettle', level);
  const stream = (logger as unknown as Record<symbol, { write(line: string): void }>)[pino.symbols.streamSym];
  if (!stream) throw new Error('pino keeps its stream elsewhere by now');
  const { write } = stream;
  stream.write = (line) => lines.push(line);
  try {
    work(logger);
  } finally {
    stream.write = write;
  }
  return lines.map((line) => JSON.parse(line));
}

const call: HttpCall = {
  environmentId: 'acme',
  requestId: 'request-1',
  deadline: 0,
  receivedAt: 0,
  method: 'POST',
  ip: '192.0.2.1',
  query: { code: [CANARY], state: ['s'] },
  form: { password: [CANARY], client_secret: [CANARY], refresh_token: [CANARY], code_verifier: [CANARY] },
  authorization: `Basic ${CANARY}`,
  cookies: { session: CANARY, browser: CANARY },
};

describe('logger', () => {
  it('house: a JSON line says who, when and how bad', () => {
    const [line] = written((logger) => logger.info({ request_id: 'request-1' }, 'boiled'));
    expect(line).toMatchObject({ level: 30, service: 'kettle', request_id: 'request-1', msg: 'boiled' });
    expect(line?.['time']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('house: says no more than its level asks for', () => {
    expect(written((logger) => logger.info('boiled'), 'warn')).toEqual([]);
    expect(written((logger) => logger.fatal('dry'), 'silent')).toEqual([]);
  });

  const SECRETS = [
    ...['password', 'client_secret', 'code', 'code_verifier', 'refresh_token', 'access_token', 'id_token'],
    ...[
      'authorization',
      'cookie',
      'csrf',
      'session',
      'browser',
      'client_assertion',
      'id_token_hint',
      'secret',
      'token',
    ],
  ];
  it.each(SECRETS)('HT-06 a field named %s never shows, wherever it stands', (field) => {
    const lines = written((logger) => {
      logger.info({ [field]: CANARY }, 'alone');
      logger.info({ form: { [field]: [CANARY] } }, 'in a form');
      logger.info({ call: { form: { [field]: CANARY } } }, 'in a call');
    });
    expect(lines).toHaveLength(3);
    expect(JSON.stringify(lines)).not.toContain(CANARY);
    expect(JSON.stringify(lines)).toContain('[redacted]');
  });

  it('HT-06 a whole call may be logged', () => {
    const lines = written((logger) => {
      logger.info({ call }, 'came');
      logger.info(call, 'came');
    });
    expect(JSON.stringify(lines)).not.toContain(CANARY);
    expect(JSON.stringify(lines)).toContain('request-1');
  });

  it('house: an error keeps its code under another name, because no field named code shows', () => {
    const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const [line] = written((logger) => logger.warn({ err: error }, 'storage is away'));
    expect(line?.['err']).toMatchObject({ error_code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' });
    const [other] = written((logger) => logger.warn({ params: { code: 'gwac_x' } }, 'came'));
    expect(other?.['params']).toEqual({ code: '[redacted]' });
  });
});

describe('EventLog', () => {
  it('house: a refusal is information: what the client was told, and why', () => {
    const error = new OAuthError('invalid_grant', { reason: 'refresh_token.reused', description: 'it is not valid' });
    const [line] = written((logger) => new EventLog(logger).refused(call, 'token.issue', error, { client_id: 'shop' }));
    expect(line).toMatchObject({
      ...{ level: 30, msg: 'refused', outcome: 'invalid_grant', reason: 'refresh_token.reused' },
      event: 'token.issue',
      ...{ environment: 'acme', request_id: 'request-1', ip: '192.0.2.1', client_id: 'shop' },
    });
  });

  it('house: without a reason, what the client was told', () => {
    const error = new OAuthError('invalid_scope', { description: 'scope is missing' });
    const [line] = written((logger) => new EventLog(logger).refused(call, 'token.issue', error));
    expect(line).toMatchObject({ reason: 'scope is missing' });
  });

  it('house: what went well', () => {
    const [line] = written((logger) => new EventLog(logger).done(call, 'token.issue', { client_id: 'shop' }));
    expect(line).toMatchObject({ msg: 'token issued', outcome: 'ok', client_id: 'shop', request_id: 'request-1' });
  });

  it('HT-06 nothing of the request but its frame', () => {
    const lines = written((logger) => {
      new EventLog(logger).refused(call, 'token.issue', new OAuthError('invalid_grant', { cause: new Error('why') }));
      new EventLog(logger).done(call, 'token.issue');
    });
    expect(JSON.stringify(lines)).not.toContain(CANARY);
  });
});
