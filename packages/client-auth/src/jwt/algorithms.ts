/** A public key as a client registered it, or as its site serves it (RFC 7517). */
export type Jwk = Readonly<Record<string, unknown>>;

type KeyShape = { readonly kty: string; readonly crv?: string };

/** RFC 7518 §3.1, RFC 8037, RFC 9864: what a public key verifies, and the only kind of key that may. */
const ASYMMETRIC: Readonly<Record<string, KeyShape>> = {
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  ES512: { kty: 'EC', crv: 'P-521' },
  PS256: { kty: 'RSA' },
  PS384: { kty: 'RSA' },
  PS512: { kty: 'RSA' },
  RS256: { kty: 'RSA' },
  RS384: { kty: 'RSA' },
  RS512: { kty: 'RSA' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
  Ed25519: { kty: 'OKP', crv: 'Ed25519' },
};

/** RFC 7518 §3.2: a shorter secret than this many bytes must not be used. */
const HMAC: Readonly<Record<string, number>> = { HS256: 32, HS384: 48, HS512: 64 };

export const ASYMMETRIC_ALGORITHMS: readonly string[] = Object.keys(ASYMMETRIC);
export const HMAC_ALGORITHMS: readonly string[] = Object.keys(HMAC);
/** What clients may sign with; `none` is not among them. */
export const CLIENT_ALGORITHMS: readonly string[] = [...HMAC_ALGORITHMS, ...ASYMMETRIC_ALGORITHMS];

export function isHmac(alg: unknown): boolean {
  return typeof alg === 'string' && HMAC_ALGORITHMS.includes(alg);
}

export function isLongEnough(secret: Buffer, alg: string): boolean {
  return secret.length >= (HMAC[alg] ?? Number.POSITIVE_INFINITY);
}

/** 8192 bits in base64url: beyond, every check would be work that a client makes for us. */
const LONGEST_MODULUS = 1_366;

/**
 * Whether this key may verify that algorithm. `kid` only looks up; a key for encryption, for another algorithm, or one that
 * holds its private or secret part is none of ours.
 */
export function fits(key: Jwk, alg: string, kid: string | undefined): boolean {
  const shape = ASYMMETRIC[alg];
  if (!shape || key['kty'] !== shape.kty || (shape.crv !== undefined && key['crv'] !== shape.crv)) return false;
  if ('d' in key || 'k' in key || String(key['n'] ?? '').length > LONGEST_MODULUS) return false;
  const operations = key['key_ops'];
  return (
    (kid === undefined || key['kid'] === kid) &&
    (key['use'] === undefined || key['use'] === 'sig') &&
    (key['alg'] === undefined || key['alg'] === alg || (shape.kty === 'OKP' && isEdwards(key['alg']))) &&
    (operations === undefined || (Array.isArray(operations) && operations.includes('verify')))
  );
}

/** RFC 9864 §2.2: two names for one thing. */
function isEdwards(alg: unknown): boolean {
  return alg === 'EdDSA' || alg === 'Ed25519';
}
