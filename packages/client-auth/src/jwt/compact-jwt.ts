import { isUtf8 } from 'node:buffer';
import { parseStrictObject } from './strict-json.js';

/** A JWT that was read, and in no way believed. */
export interface CompactJwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * RFC 7515 §3.1, JW-06: three parts, each the one base64url spelling of its bytes, and the first two JSON objects that say one
 * thing (JW-04). Undefined for everything else, JWE and JSON serialization included.
 * @param longest in characters; looked at before anything is decoded (JW-05)
 */
export function readCompactJwt(token: string, longest: number): CompactJwt | undefined {
  if (token.length > longest) return undefined;
  const parts = token.split('.', 4);
  const [header, claims, signature] = parts.map(decodeCanonical);
  if (parts.length !== 3 || !header || !claims || !signature || !isUtf8(header) || !isUtf8(claims)) return undefined;
  const read = { header: parseStrictObject(header.toString()), claims: parseStrictObject(claims.toString()) };
  return read.header && read.claims ? { header: read.header, claims: read.claims } : undefined;
}

/** Node's decoder forgives padding, line breaks and loose bits; the way back does not. */
function decodeCanonical(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.toString('base64url') === part ? bytes : undefined;
}
