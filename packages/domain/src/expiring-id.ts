import { createHash } from 'node:crypto';

const VERSION_7 = 0x70;
const RFC_VARIANT = 0x80;

/**
 * The id under which something is remembered until it expires: shaped like a UUIDv7, but its time is the expiry and the rest
 * is SHA-256 over what it stands for. So the primary key alone says whether it is there, in the one partition of that day
 * (design section 4.5).
 */
export function expiringId(expiresAt: Date, ...parts: readonly string[]): string {
  // As JSON no two lists of parts have the same text, wherever somebody puts a separator.
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes.writeUIntBE(expiresAt.getTime(), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | VERSION_7, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | RFC_VARIANT, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
