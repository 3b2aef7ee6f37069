import { isStorable } from '@grantway/protocol';
import { isMap, isScalar, isSeq } from 'yaml';
import { quoted } from '../file-problem.js';
import { didYouMean } from '../suggestion.js';
import { substitute } from '../variables.js';
import { Cursor, Shape } from './shape.js';

/** Says what is wrong with a text, or undefined; the text itself is added by the caller where it may be shown. */
export type TextRule = (text: string) => string | undefined;

/** Text as it is written; a reference in it is a fault, because it would silently stay one. */
export function text(words: string, rule: TextRule = () => undefined): Shape<string> {
  return {
    words,
    read(cursor) {
      const written = readText(cursor, words);
      if (written === undefined) return undefined;
      if (written.includes('${')) return cursor.fail('has a ${…} reference, which is not replaced here');
      const fault = rule(written);
      return fault === undefined ? written : cursor.fail(`${quoted(written)} ${fault}`);
    },
  };
}

/** Text in which `${NAME}` is replaced. Messages show what is written, never what it became. */
export function interpolatedText(words: string, rule: TextRule = () => undefined): Shape<string> {
  return {
    words,
    read(cursor) {
      const written = readText(cursor, words);
      if (written === undefined) return undefined;
      const substitution = substitute(written, cursor.reading.variables);
      if ('fault' in substitution) return cursor.fail(`${quoted(written)} ${substitution.fault}`);
      const fault = rule(substitution.text);
      if (fault === undefined) return substitution.text;
      const after = substitution.text === written ? '' : ', once its variables are filled in,';
      return cursor.fail(`${quoted(written)}${after} ${fault}`);
    },
  };
}

export function oneOf<T extends string>(values: readonly T[]): Shape<T> {
  const words =
    values.length === 1 ? `the word \`${values[0]}\`` : `one of ${values.map((value) => `\`${value}\``).join(', ')}`;
  const plain = values.join(', ');
  return {
    words,
    read(cursor) {
      const written = readText(cursor, `one of ${plain}`);
      const found = values.find((value) => value === written);
      if (written === undefined || found !== undefined) return found as never;
      return cursor.fail(`${quoted(written)} is not one of ${plain}${didYouMean(written, values)}`);
    },
  };
}

export function yesOrNo(): Shape<boolean> {
  return {
    words: '`true` or `false`',
    read(cursor) {
      const value = scalar(cursor);
      return typeof value === 'boolean' ? value : cursor.fail(`must be true or false, not ${kindOf(cursor.node)}`);
    },
  };
}

/** A whole number of seconds within its limits, both included. */
export function seconds(least: number, most: number): Shape<number> {
  return whole('seconds', least, most);
}

/** How many of something, both limits included. */
export function whole(things: string, least: number, most: number): Shape<number> {
  const range = `${least}–${most}`;
  return {
    words: `${things}, ${range}`,
    read(cursor) {
      const value = scalar(cursor);
      if (typeof value !== 'number')
        return cursor.fail(`must be a number of ${things} (${range}), not ${kindOf(cursor.node)}`);
      if (Number.isInteger(value) && value >= least && value <= most) return value;
      return cursor.fail(`${value} is out of range: whole ${things}, ${range}`);
    },
  };
}

/** The text at the cursor, or undefined with a problem that tells the person what they wrote instead. */
export function readText(cursor: Cursor, words: string): string | undefined {
  const value = scalar(cursor);
  if (typeof value !== 'string') {
    const hint = typeof value === 'number' || typeof value === 'boolean' ? '; put it in quotes' : '';
    return cursor.fail(`must be ${bare(words)}, not ${kindOf(cursor.node)}${hint}`);
  }
  if (!isStorable(value)) return cursor.fail('has a character that cannot be stored (U+0000 or half of a pair)');
  return value === '' ? cursor.fail(`must be ${bare(words)}, not an empty text`) : value;
}

/** What stands there, without its content: the content may be a secret. */
export function kindOf(node: unknown): string {
  if (isMap(node)) return 'a map';
  if (isSeq(node)) return 'a list';
  const value = isScalar(node) ? node.value : undefined;
  const kinds: Record<string, string> = {
    number: 'a number',
    boolean: 'true or false',
    string: 'text',
    bigint: 'a number',
  };
  return kinds[typeof value] ?? 'nothing';
}

/** The manual's words have backticks; a terminal does without. */
export function bare(words: string): string {
  return words.replaceAll('`', '');
}

function scalar(cursor: Cursor): unknown {
  return isScalar(cursor.node) ? cursor.node.value : undefined;
}
