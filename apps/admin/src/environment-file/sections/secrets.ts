import { bare, readText } from '../shape/scalars.js';
import { Shape } from '../shape/shape.js';
import { lookUp, missingVariable, Variables, wholeReference } from '../variables.js';

/** A secret from a variable is a real one, so it must be long enough not to be guessed. */
const SHORTEST_SECRET = 16;
const SHORTEST_USER_CODE = 4;
const LONGEST_SECRET = 256;

/** Why this cannot be the secret of a client, or undefined; for what never stands in a file. */
export function clientSecretFault(value: string): string | undefined {
  return isClientSecret(value) ?? lengthFault(value, SHORTEST_SECRET);
}

/** What is wrong with a value that no message may show. */
type SecretRule = (value: string) => string | undefined;

/** RFC 6749 appendix A.2; a line break at the end of a variable is the usual slip. */
const isClientSecret: SecretRule = (value) =>
  /^[\x20-\x7e]+$/.test(value) ? undefined : 'has a character that is not printable ASCII, such as a line break';

export const clientSecret = secret('secret', 'a reference, `${SERVICE_SECRET}`', isClientSecret);
export const password = secret('password', 'a reference, `${ADA_PASSWORD}`', () => undefined);

/** Typed on whatever the person has at hand, so it may be short; guesses are limited. */
export const userCode = secret('user code', 'a reference, `${ADA_CODE}`', () => undefined, SHORTEST_USER_CODE);

/** Deterministic, so that applying a file twice changes nothing; `grantway hash-secret` prints it. */
export const secretHash = hash(
  'the SHA-256 of a secret as `sha256:` and base64url, or a reference to it',
  (value) => /^sha256:[A-Za-z0-9_-]{43}$/.test(value),
  'is not "sha256:" and 43 characters of base64url, as "grantway hash-secret" prints it',
);

/** `grantway hash-password` prints it. */
export const passwordHash = hash(
  'an argon2id hash, `$argon2id$…`, or a reference to it',
  isAffordableHash,
  'is not an argon2id hash as "grantway hash-password" prints it',
);

/** A value that never enters a message, whatever is wrong with it. */
function secret(what: string, words: string, rule: SecretRule, shortest = SHORTEST_SECRET): Shape<string> {
  return {
    words: `${words}; with \`demo: true\` also the ${what} itself`,
    read(cursor) {
      const written = readText(cursor, `a reference to a ${what}`);
      if (written === undefined) return undefined;
      const found = resolve(cursor.reading.variables, written);
      const { demo } = cursor.reading;
      if (!demo && found.inFile) return cursor.fail(plainSecret(what, written));
      if (found.value === undefined) return cursor.fail(missingVariable([found.name ?? '']));
      const fault = rule(found.value) ?? lengthFault(found.value, demo ? 0 : shortest);
      return fault === undefined ? found.value : cursor.fail(`${subject(found.name, what)} ${fault}`);
    },
  };
}

function hash(words: string, fits: (value: string) => boolean, fault: string): Shape<string> {
  return {
    words,
    read(cursor) {
      const written = readText(cursor, bare(words));
      if (written === undefined) return undefined;
      const { value, name } = resolve(cursor.reading.variables, written);
      if (value === undefined) return cursor.fail(missingVariable([name ?? '']));
      return fits(value) ? value : cursor.fail(`${subject(name, 'this')} ${fault}`);
    },
  };
}

interface Found {
  readonly value: string | undefined;
  /** The variable it was looked up in. */
  readonly name?: string;
  /** The file itself holds a secret: as the value, or as what a missing variable falls back to. */
  readonly inFile: boolean;
}

function resolve(variables: Variables, written: string): Found {
  const reference = wholeReference(written);
  if (!reference) return { value: written, inFile: true };
  const { name, otherwise } = reference;
  const value = lookUp(variables, name) ?? (otherwise || undefined);
  return { value, name, inFile: otherwise !== undefined };
}

function lengthFault(value: string, shortest: number): string | undefined {
  if (value.length > LONGEST_SECRET) return `is longer than ${LONGEST_SECRET} characters`;
  return value.length >= shortest ? undefined : `is shorter than ${shortest} characters`;
}

function plainSecret(what: string, written: string): string {
  const slip = written.includes('${') ? ' alone, with nothing around it and no default' : '';
  return `must be a reference \${NAME}${slip}: a ${what} in the file itself is allowed only with demo: true`;
}

function subject(name: string | undefined, what: string): string {
  return name === undefined ? what : `the value of ${name}`;
}

/** Whoever verifies a password pays what its hash asks for: within what argon2 is sensibly used with, in KiB and passes. */
function isAffordableHash(value: string): boolean {
  const [, memory, passes, lanes] =
    /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$/.exec(value) ??
    [];
  return between(7168, memory, 1_048_576) && between(1, passes, 16) && between(1, lanes, 16);
}

function between(least: number, text: string | undefined, most: number): boolean {
  return text !== undefined && Number(text) >= least && Number(text) <= most;
}
