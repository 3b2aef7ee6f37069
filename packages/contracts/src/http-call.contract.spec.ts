import { validateSync } from 'class-validator';
import { HttpCall } from './http-call.contract.js';

const GOOD = {
  environmentId: 'acme',
  requestId: 'request-1',
  deadline: 1,
  receivedAt: 1,
  method: 'POST',
  ip: '192.0.2.1',
  query: {},
  form: { grant_type: ['client_credentials'], resource: ['a', 'b'] },
  cookies: { session: 's' },
};

const problemsOf = (overrides: object) =>
  validateSync(Object.assign(new HttpCall(), GOOD, overrides)).map(({ property }) => property);

describe('HttpCall', () => {
  it('house: what the gateway sends fits', () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ form: Object.assign(Object.create(null), { __proto__: ['x'] }), authorization: '' })).toEqual(
      [],
    );
  });

  it.each([
    ['environmentId', 'Acme'],
    ['environmentId', '../x'],
    ['requestId', 'a b'],
    ['deadline', '1'],
    ['receivedAt', 1.5],
    ['method', 'PUT'],
    ['ip', ''],
    ['query', []],
    ['query', 'a=b'],
    ['form', { grant_type: 'client_credentials' }],
    ['form', { grant_type: [] }],
    ['form', { grant_type: [1] }],
    ['form', { grant_type: [['a']] }],
    ['form', { grant_type: { length: 1 } }],
    ['form', { scope: ['\ud800'] }],
    ['form', null],
    ['cookies', { session: 1 }],
    ['cookies', undefined],
    ['authorization', 'a'.repeat(16_385)],
    ['traceparent', 'x'],
  ])('IN-01 %s of %j does not', (property, value) => {
    expect(problemsOf({ [property]: value })).toEqual([property]);
  });
});
