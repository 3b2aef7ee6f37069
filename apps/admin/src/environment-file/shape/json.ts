import { isStorable } from '@grantway/protocol';
import { isMap, isScalar, isSeq } from 'yaml';
import { Cursor, Shape } from './shape.js';

const DEEPEST = 8;
const MOST_VALUES = 1000;

export const json: Shape<unknown> = {
  words: 'any value',
  read(cursor) {
    try {
      return plain(cursor, cursor.node, { depth: 0, budget: { left: MOST_VALUES } });
    } catch (error) {
      if (error instanceof NotJson) return cursor.fail(error.message);
      throw error;
    }
  },
};

class NotJson extends Error {}

/** By hand, because aliases could make a small file a huge or an endless value. */
function plain(cursor: Cursor, node: unknown, { depth, budget }: { depth: number; budget: { left: number } }): unknown {
  const at = cursor.reading.source.resolve(node);
  if (depth > DEEPEST) throw new NotJson(`nests more than ${DEEPEST} deep`);
  if (--budget.left < 0) throw new NotJson(`holds more than ${MOST_VALUES} values`);
  const next = { depth: depth + 1, budget };
  if (isSeq(at)) return at.items.map((item) => plain(cursor, item, next));
  if (isMap(at)) {
    return Object.fromEntries(at.items.map(({ key, value }) => [plainKey(key), plain(cursor, value, next)]));
  }
  const value = isScalar(at) ? at.value : null;
  if (isJson(value)) return value;
  throw new NotJson('holds a value that cannot be stored as JSON');
}

function plainKey(key: unknown): string {
  const name = isScalar(key) ? String(key.value) : '';
  if (name === '' || !isStorable(name)) throw new NotJson('has a key that is not text');
  return name;
}

function isJson(value: unknown): boolean {
  if (typeof value === 'string') return isStorable(value);
  return value === null || typeof value === 'boolean' || Number.isFinite(value);
}
