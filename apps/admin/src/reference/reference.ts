import { file } from '../environment-file/sections/file.section.js';
import type { Key, Keys, Shape } from '../environment-file/shape/shape.js';

const BEGIN = '<!-- keys: written by `npm run reference -w apps/admin`, not by hand -->';
const END = '<!-- keys: end -->';

/** The manual with its tables as the code has them. */
export function withReference(manual: string): string {
  const begin = manual.indexOf(BEGIN);
  const end = manual.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the manual lacks its marks ${BEGIN} and ${END}`);
  return `${manual.slice(0, begin + BEGIN.length)}\n\n${renderReference()}\n${manual.slice(end)}`;
}

/** Every key of an environment file: one table for each map, in the order in which the file has them. */
export function renderReference(): string {
  return tablesOf('The file itself', file.keys ?? {}, '')
    .map(({ title, rows }) => [`### ${title}`, '', HEADER, ...rows, ''].join('\n'))
    .join('\n');
}

/** Every key by its full name, such as `clients[].refresh.idle`. */
export function keyNames(): string[] {
  return tablesOf('', file.keys ?? {}, '').flatMap(({ prefix, keys }) => Object.keys(keys).map((key) => prefix + key));
}

const HEADER = '| key | type | default | meaning |\n|---|---|---|---|';

interface Table {
  readonly title: string;
  readonly prefix: string;
  readonly keys: Keys;
  readonly rows: readonly string[];
}

function tablesOf(title: string, keys: Keys, prefix: string): Table[] {
  const rows = Object.entries(keys).map(([name, key]) => row(name, key));
  const inner = Object.entries(keys).flatMap(([name, { shape }]) => {
    const nested = mapIn(shape);
    if (!nested) return [];
    const path = `${prefix}${name}${shape.element ? '[]' : ''}`;
    return tablesOf(`\`${path}\``, nested, `${path}.`);
  });
  return [{ title, prefix, keys, rows }, ...inner];
}

function mapIn(shape: Shape<unknown>): Keys | undefined {
  return shape.keys ?? shape.element?.keys;
}

function row(name: string, { shape, required, otherwise, meaning }: Key<unknown>): string {
  const fallback = required ? '**required**' : (otherwise ?? '');
  return `| \`${name}\` | ${typeOf(shape)} | ${fallback} | ${meaning} |`;
}

/** A list of texts says what a text may be; a list of maps has a table of its own. */
function typeOf({ words, element }: Shape<unknown>): string {
  return element && !element.keys ? `${words}: ${element.words}` : words;
}
