import { createPublicKey, JsonWebKey } from 'node:crypto';
import { list, map } from '../shape/collections.js';
import { json } from '../shape/json.js';
import { Shape } from '../shape/shape.js';

export type Jwk = Readonly<Record<string, unknown>>;

export interface JwksEntry {
  keys: readonly Jwk[];
}

const LEAST_MODULUS = 2048;
/** Beyond it every check of a signature would be work that a client makes for us. */
const MOST_MODULUS = 8192;
const CURVES: Readonly<Record<string, readonly string[]>> = {
  EC: ['P-256', 'P-384', 'P-521'],
  OKP: ['Ed25519'],
};
/** RFC 7518 §6.2.2, §6.3.2, §6.4. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** Why this is no public key that signatures may be verified with, or undefined (DR-04); never what it holds. */
export function publicKeyFault(jwk: Jwk): string | undefined {
  const { kty, crv } = jwk;
  if (kty === 'oct') return 'is a symmetric key (kty: oct); a shared secret is what secretForSigning is for';
  if (PRIVATE_MEMBERS.some((name) => Object.hasOwn(jwk, name)))
    return 'holds a private key; give the public part alone';
  if (kty !== 'RSA' && kty !== 'EC' && kty !== 'OKP') return 'needs a kty of RSA, EC or OKP';
  if (kty !== 'RSA' && !CURVES[kty]?.includes(String(crv))) return `needs a crv of ${CURVES[kty]?.join(', ')}`;
  const size = modulusOf(jwk);
  if (size === 'unreadable') return 'is not a key: its numbers do not make one';
  return kty === 'RSA' && (size < LEAST_MODULUS || size > MOST_MODULUS)
    ? `is an RSA key of ${size} bits, not of ${LEAST_MODULUS}–${MOST_MODULUS}`
    : undefined;
}

function modulusOf(jwk: Jwk): number | 'unreadable' {
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    return asymmetricKeyDetails?.modulusLength ?? 0;
  } catch {
    return 'unreadable';
  }
}

const jwk: Shape<Jwk> = {
  words: 'a public JWK: RSA of 2048–8192 bits, EC on P-256, P-384 or P-521, or Ed25519',
  read(cursor) {
    const value = json.read(cursor);
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return cursor.fail('must be a JWK, a map');
    const fault = publicKeyFault(value as Jwk);
    return fault === undefined ? (value as never) : cursor.fail(fault);
  },
};

/** RFC 7517 §5. */
export const jwks = map<JwksEntry>('a JWK set', {
  keys: {
    shape: list('a list of keys', jwk, { least: 1, most: 20 }),
    required: true,
    meaning: 'Several while one replaces another; told apart by `kid`.',
  },
});
