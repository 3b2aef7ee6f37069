import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';

/**
 * Handles are `prefix_id.secret` (design section 4.1). The prefix says what it is, so no artifact passes for another (CO-10);
 * the id is the row's primary key; the secret's hash is all that is stored.
 */
export const HandlePrefix = {
  AuthorizationCode: 'gwac',
  RefreshToken: 'gwrt',
  Session: 'gwst',
  PushedRequest: 'gwpr',
  DeviceCode: 'gwdc',
  BackchannelRequest: 'gwcb',
  AccessToken: 'gwat',
} as const;
export type HandlePrefix = (typeof HandlePrefix)[keyof typeof HandlePrefix];

const SHAPE = /^([a-z]{4})_([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;
const SECRET_BYTES = 32;

export interface Handle {
  /** A UUIDv7 in its usual spelling. */
  readonly id: string;
  readonly secret: string;
}

/** A new handle and what to store of it. */
export function newHandle(prefix: HandlePrefix): { id: string; handle: string; secretHash: Buffer } {
  const id = uuidv7();
  return { id, ...renewHandle(prefix, id) };
}

/** A new secret under an id that stays. */
export function renewHandle(prefix: HandlePrefix, id: string): { handle: string; secretHash: Buffer } {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return { handle: formatHandle(prefix, id, secret), secretHash: hashSecret(secret) };
}

export function formatHandle(prefix: HandlePrefix, id: string, secret: string): string {
  return `${prefix}_${packId(id)}.${secret}`;
}

/** Undefined for anything that is not a well-formed handle of this kind. */
export function parseHandle(prefix: HandlePrefix, text: string): Handle | undefined {
  const match = SHAPE.exec(text);
  if (match?.[1] !== prefix) return undefined;
  const [, , packed = '', secret = ''] = match;
  const id = unpackId(packed);
  // A second spelling of the same bytes is not the same handle.
  if (id === undefined || Buffer.from(secret, 'base64url').toString('base64url') !== secret) return undefined;
  return { id, secret };
}

/** A 256-bit random secret needs no salt and no stretching. */
export function hashSecret(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** X12: compared without telling how much of it was right. */
export function secretMatches(secret: string, hash: Uint8Array): boolean {
  return timingSafeEqual(hashSecret(secret), hash);
}

export function packId(id: string): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
}

export function unpackId(packed: string): string | undefined {
  const bytes = Buffer.from(packed, 'base64url');
  if (bytes.length !== 16 || bytes.toString('base64url') !== packed) return undefined;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
