import { RawParams } from '@grantway/contracts';

/** More than any flow of ours has; a longer list is refused before it is read. */
const MOST_FIELDS = 200;

/** What is wrong with a query or form, in words a developer can use. */
export class MalformedParams extends Error {}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f]/;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * application/x-www-form-urlencoded, read strictly: a broken escape, broken UTF-8 or a control character is an error, not a guess.
 *
 * @throws MalformedParams
 */
export function readParams(bytes: Uint8Array | string): RawParams {
  const text = typeof bytes === 'string' ? bytes : decodeBytes(bytes);
  // Without a prototype, no parameter's name can be one of Object's own (HT-01).
  const params: Record<string, string[]> = Object.create(null);
  if (text === '') return params;
  const pairs = text.split('&', MOST_FIELDS + 1);
  if (pairs.length > MOST_FIELDS) throw new MalformedParams(`more than ${MOST_FIELDS} parameters`);
  for (const pair of pairs) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    const values = params[name];
    if (values) values.push(value);
    else params[name] = [value];
  }
  return params;
}

function decodeBytes(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new MalformedParams('the body is not UTF-8');
  }
}

function decode(text: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new MalformedParams('a parameter is not percent-encoded UTF-8');
  }
  // They mean nothing to anybody, and would cross the bus at six times their size.
  if (CONTROL.test(decoded)) throw new MalformedParams('a parameter holds a NUL or another control character');
  return decoded;
}
