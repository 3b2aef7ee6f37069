import { isInfrastructureError, isSerializationFailure } from './infrastructure-error.js';

const withCode = (code: string, message = 'x'): Error => Object.assign(new Error(message), { code });

describe('isInfrastructureError', () => {
  it.each([
    ['nobody listens', withCode('ECONNREFUSED')],
    ['a reset connection', withCode('ECONNRESET')],
    ['localhost, tried over IPv6 and IPv4', new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')])],
    ['a name that does not resolve', withCode('ENOTFOUND')],
    ['a terminated backend', withCode('57P01')],
    ['a server that starts up', withCode('57P03')],
    ['a statement timeout', withCode('57014')],
    ['too many connections', withCode('53300')],
    ['a full disk', withCode('53100')],
    ['a connection exception', withCode('08006')],
    ['a server that became a standby', withCode('25006')],
    ['a lock that was not to be had', withCode('55P03')],
    ['conflicts that retrying did not solve', withCode('40001')],
    ['a deadlock that retrying did not solve', withCode('40P01')],
    ['changed credentials', withCode('28P01')],
    ['a database that is gone', withCode('3D000')],
    ['a full pool', new Error('timeout exceeded when trying to connect')],
    ['a cut connection', new Error('Connection terminated unexpectedly')],
    ['a connection that took too long', new Error('Connection terminated due to connection timeout')],
    ['a frozen server', new Error('Query read timeout')],
    ['a broken client', new Error('Client has encountered a connection error and is not queryable')],
    ['a closing process', new Error('Cannot use a pool after calling end on the pool')],
    ['a day without a partition', withCode('23514', 'no partition of relation "flow" found for row')],
    ['Prisma without a server', withCode('P1001')],
    ['Prisma without a free connection', withCode('P2024')],
    [
      'Prisma, wrapping the driver',
      { code: 'P2010', meta: { driverAdapterError: { cause: { originalCode: '57P01' } } } },
    ],
    ['an error of ours around one of these', new Error('we failed', { cause: withCode('ECONNREFUSED') })],
  ])('I4 %s is an outage', (_, error) => {
    expect(isInfrastructureError(error)).toBe(true);
  });

  it.each([
    ['a unique violation', withCode('23505')],
    ['a syntax error', withCode('42601')],
    ['a missing table', withCode('42P01')],
    ['a bad value', withCode('22P02')],
    ['a check constraint', withCode('23514', 'new row for relation "flow" violates check constraint "x"')],
    ['a bug', new TypeError('x is not a function')],
    ['a missing file', withCode('ENOENT')],
    ['Prisma’s unique violation', withCode('P2002')],
    ['nothing', undefined],
    ['null', null],
    ['a string', 'ECONNREFUSED'],
  ])('I4 %s is not', (_, error) => {
    expect(isInfrastructureError(error)).toBe(false);
  });

  it('house: an error that names itself as its cause ends the search', () => {
    const error = new Error('x');
    error.cause = error;
    expect(isInfrastructureError(error)).toBe(false);
  });

  it('recipe 15 knows what may be tried again', () => {
    expect(
      [withCode('40001'), withCode('40P01'), withCode('P2034'), withCode('57014')].map(isSerializationFailure),
    ).toEqual([...[true, true, true, false]]);
  });
});
