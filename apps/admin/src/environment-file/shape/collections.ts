import { isMap, isScalar, isSeq } from 'yaml';
import { pathText } from '../file-problem.js';
import { didYouMean } from '../suggestion.js';
import { bare, kindOf } from './scalars.js';
import { Cursor, Draft, Key, Keys, Shape } from './shape.js';

/** A map with known keys. Every key is read, whatever became of the others. */
export function map<T extends object>(
  words: string,
  keys: { readonly [K in keyof T]-?: Key<Exclude<T[K], undefined>> },
): Shape<T> {
  const table = keys as unknown as Keys;
  return {
    words,
    keys: table,
    read(cursor) {
      if (!isMap(cursor.node)) return cursor.fail(`must be ${bare(words)}, not ${kindOf(cursor.node)}`);
      const values: Record<string, unknown> = {};
      const seen = new Set<string>();
      for (const pair of cursor.node.items) {
        const name = keyName(cursor, pair.key, seen);
        if (name === undefined) continue;
        const key = Object.hasOwn(table, name) ? table[name] : undefined;
        if (key === undefined) {
          const known = Object.keys(table).filter((other) => !seen.has(other));
          const hint = didYouMean(name, known) || `; known here: ${Object.keys(table).join(', ')}`;
          cursor.reading.fail([...cursor.path, name], `is not a key of ${bare(words)}${hint}`, 'key');
        } else {
          values[name] = readKey(cursor, name, pair.value, key);
        }
      }
      for (const [name, key] of Object.entries(table)) {
        if (key.required && !seen.has(name)) cursor.fail(`lacks the key "${name}": ${bare(key.shape.words)}`);
      }
      return values as Draft<T>;
    },
  };
}

export interface ListRules {
  readonly least?: number;
  readonly most?: number;
}

/** A list. An element that cannot be read leaves a hole, so that the others keep their index. */
export function list<T>(
  words: string,
  element: Shape<T>,
  { least = 0, most = 1000 }: ListRules = {},
): Shape<readonly T[]> {
  return {
    words,
    element: element as Shape<unknown>,
    read(cursor) {
      const { node } = cursor;
      if (!isSeq(node)) return cursor.fail(`must be ${bare(words)}, not ${kindOf(node)}`);
      if (node.items.length < least) return cursor.fail(`needs at least ${least}`);
      if (node.items.length > most)
        return cursor.fail(`has ${node.items.length} entries, more than the ${most} allowed`);
      return node.items.map((item, index) => element.read(cursor.at(index, item))) as Draft<readonly T[]>;
    },
  };
}

/** A list of texts, each once. */
export function listOfTexts<T extends string>(
  words: string,
  element: Shape<T>,
  rules: ListRules = {},
): Shape<readonly T[]> {
  const shape = list(words, element, rules);
  return {
    ...shape,
    read(cursor) {
      const values = shape.read(cursor);
      const first = new Map<unknown, number>();
      (values as readonly (T | undefined)[] | undefined)?.forEach((value, index) => {
        const earlier = value === undefined ? undefined : first.get(value);
        if (earlier === undefined) first.set(value, index);
        else cursor.reading.fail([...cursor.path, index], `is the same as ${pathText([...cursor.path, earlier])}`);
      });
      return values;
    },
  };
}

function readKey(cursor: Cursor, name: string, node: unknown, key: Key<unknown>): unknown {
  const value = cursor.at(name, node);
  const empty = value.node === null || (isScalar(value.node) && value.node.value === null);
  if (!empty) return key.shape.read(value);
  // An empty key is no way to ask for a default: somebody may have meant "none".
  return value.fail(`has no value: give ${bare(key.shape.words)}, or leave the key out`);
}

function keyName(cursor: Cursor, node: unknown, seen: Set<string>): string | undefined {
  const key = cursor.reading.source.resolve(node);
  const name = isScalar(key) ? String(key.value) : undefined;
  if (name === undefined) return cursor.fail('has a key that is not text');
  if (!seen.has(name)) {
    seen.add(name);
    return name;
  }
  cursor.reading.fail([...cursor.path, name], 'is here twice', 'key');
  return undefined;
}
