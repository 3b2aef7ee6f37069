import { RESERVED_ACCESS_TOKEN_CLAIMS, SCOPE_CLAIMS } from '@grantway/protocol';
import { isMap, isScalar } from 'yaml';
import { map } from '../shape/collections.js';
import { json } from '../shape/json.js';
import { kindOf, text, yesOrNo } from '../shape/scalars.js';
import { Cursor, Draft, Key, Shape } from '../shape/shape.js';
import { didYouMean } from '../suggestion.js';

/** What the server says of itself or of a sign-on, never of a person as configured (OIDC Core §2, §3.3.2.11). */
const RESERVED = new Set([...RESERVED_ACCESS_TOKEN_CLAIMS, 'nonce', 'at_hash', 'c_hash', 's_hash', 'typ']);

/** OIDC Core §5.1; `sub` is the user's id. */
const STANDARD = Object.values(SCOPE_CLAIMS).flat();

const claimText = text('text of at most 1000 characters', (value) =>
  value.length <= 1000 ? undefined : 'is longer than 1000 characters',
);

/** OIDC Core §5.1.1. */
const ADDRESS = ['formatted', 'street_address', 'locality', 'region', 'postal_code', 'country'];
const address = map<Record<string, string>>(
  'an address',
  Object.fromEntries(
    ADDRESS.map((name): [string, Key<string>] => [name, { shape: claimText, meaning: 'OIDC Core §5.1.1' }]),
  ),
);

/** The standard claims that are no text (OIDC Core §5.1). */
const SHAPES: Readonly<Record<string, Shape<unknown>>> = {
  email_verified: yesOrNo() as Shape<unknown>,
  phone_number_verified: yesOrNo() as Shape<unknown>,
  updated_at: { words: 'seconds since 1970', read: readInstant },
  address: address as Shape<unknown>,
};

/** RFC 7519 §4.2: a private claim is told by a name nobody else uses, such as a URI; it may hold any JSON. */
const PRIVATE_CLAIM = /^[^\s]*[:/.][^\s]*$/;

/** A user's claims by their wire names. */
export const claims: Shape<Record<string, unknown>> = {
  words: 'a map of OpenID Connect claims',
  read(cursor) {
    if (!isMap(cursor.node)) return cursor.fail(`must be a map of claims, not ${kindOf(cursor.node)}`);
    const values: Record<string, unknown> = {};
    for (const { key, value } of cursor.node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      const fault = nameFault(name, values);
      if (fault) cursor.reading.fail([...cursor.path, name], fault, 'key');
      // The name is known by now, so it cannot be __proto__.
      else values[name] = shapeOf(name).read(cursor.at(name, value));
    }
    return values as Draft<Record<string, unknown>>;
  },
};

function nameFault(name: string, seen: object): string | undefined {
  if (Object.hasOwn(seen, name)) return 'is here twice';
  if (RESERVED.has(name)) return 'is set by the server and cannot be configured';
  if (STANDARD.includes(name) || PRIVATE_CLAIM.test(name)) return undefined;
  const hint = didYouMean(name, STANDARD) || '; a private claim needs a name that nobody else uses, such as a URI';
  return `is not a claim of OpenID Connect${hint}`;
}

function shapeOf(name: string): Shape<unknown> {
  if (!STANDARD.includes(name)) return json;
  return Object.hasOwn(SHAPES, name) ? (SHAPES[name] ?? json) : (claimText as Shape<unknown>);
}

function readInstant(cursor: Cursor): number | undefined {
  const value = isScalar(cursor.node) ? cursor.node.value : undefined;
  return Number.isSafeInteger(value) && Number(value) >= 0
    ? Number(value)
    : cursor.fail('must be whole seconds since 1970');
}
