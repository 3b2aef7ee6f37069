/**
 * Tells an outage from a bug: what is true here is answered 503 and never becomes a verdict about what a client sent (I4).
 */
export function isInfrastructureError(error: unknown): boolean {
  for (const each of causesOf(error)) {
    if (
      each.code !== undefined &&
      (SOCKET_CODES.has(each.code) || SQL_STATES.test(each.code) || PRISMA_CODES.has(each.code))
    ) {
      return true;
    }
    if (MESSAGES.test(each.message)) return true;
  }
  return false;
}

/** Two transactions stood in each other's way; the same statement may be tried again (recipe 15). */
export function isSerializationFailure(error: unknown): boolean {
  return causesOf(error).some(({ code }) => code === '40001' || code === '40P01' || code === 'P2034');
}

export function hasSqlState(error: unknown, state: string): boolean {
  return causesOf(error).some(({ code }) => code === state);
}

/**
 * PostgreSQL refused something, and undid the statement, for what it was asked rather than for the state it is in: of a statement
 * over many calls, one of them may be to blame.
 */
export function isOneCallsFault(error: unknown): boolean {
  return causesOf(error).some(({ code }) => code !== undefined && SQL_STATE.test(code) && !SQL_STATES.test(code));
}

/** Data, constraints, rights, names, limits of size. */
const SQL_STATE = /^[245]\d[0-9A-Z]{3}$/;

const SOCKET_CODES = new Set([
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'EMFILE',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/**
 * Connection exceptions (08), wrong or changed credentials (28), missing database (3D), insufficient resources (53),
 * operator intervention such as a shutdown or a statement timeout (57), I/O trouble (58), a server that became read-only
 * by a failover (25006), a lock or an idle transaction timed out, and conflicts that retrying did not solve.
 */
const SQL_STATES = /^(?:08...|28...|3D000|53...|57...|58...|25006|25P03|25P04|55P03|40001|40P01)$/;

const PRISMA_CODES = new Set([
  'P1000',
  'P1001',
  'P1002',
  'P1003',
  'P1008',
  'P1011',
  'P1017',
  'P2024',
  'P2028',
  'P2034',
  'P2037',
]);

/** pg and pg-pool say these without any code, PostgreSQL the last one under the code of a check constraint. */
const MESSAGES = new RegExp(
  [
    'timeout exceeded when trying to connect',
    'Connection terminated',
    'Query read timeout',
    'timeout expired',
    'not queryable',
    'Cannot use a pool after calling end on the pool',
    'no partition of relation', // a database nobody cared for in days, or a clock that is days off
  ].join('|'),
  'i',
);

/** The error and all it names as its origin: causes, members of an AggregateError, what Prisma's adapter wraps. */
function causesOf(error: unknown): { code?: string; message: string }[] {
  const found: { code?: string; message: string }[] = [];
  const waiting: unknown[] = [error];
  const seen = new Set<unknown>();
  while (waiting.length > 0 && seen.size < 20) {
    const next = waiting.shift();
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    const { code, originalCode, message, cause, errors, meta } = next as Record<string, unknown>;
    for (const name of [code, originalCode]) {
      if (typeof name === 'string') found.push({ code: name, message: '' });
    }
    if (typeof message === 'string') found.push({ message });
    waiting.push(cause, ...(Array.isArray(errors) ? errors : []));
    if (typeof meta === 'object' && meta !== null)
      waiting.push((meta as Record<string, unknown>)['driverAdapterError']);
  }
  return found;
}
