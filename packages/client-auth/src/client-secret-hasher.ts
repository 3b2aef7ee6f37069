import { createHmac, createSecretKey, hash, KeyObject, timingSafeEqual } from 'node:crypto';

const PREFIX = 'hs256:';

/**
 * Client secrets as we keep them: HMAC(key, SHA-256(secret)). A stolen table is worth nothing without the master key,
 * and an environment file may bring the SHA-256 of a secret instead of the secret (CA-01).
 */
export class ClientSecretHasher {
  readonly #key: KeyObject;

  /** @param key 32 bytes derived from the installation's master key */
  constructor(key: Buffer) {
    this.#key = createSecretKey(key);
  }

  hash(secret: string): string {
    return this.#wrap(hash('sha256', secret, 'buffer'));
  }

  /** @param digest the SHA-256 of a secret, base64url */
  wrapSha256(digest: string): string {
    return this.#wrap(Buffer.from(digest, 'base64url'));
  }

  /** X12: does the same work for every stored hash, found or not. */
  matches(secret: string, hashes: readonly string[]): boolean {
    const presented = Buffer.from(this.hash(secret));
    let found = false;
    for (const hash of hashes) {
      const stored = Buffer.from(hash);
      found = (stored.length === presented.length && timingSafeEqual(stored, presented)) || found;
    }
    return found;
  }

  #wrap(digest: Buffer): string {
    return PREFIX + createHmac('sha256', this.#key).update(digest).digest('base64url');
  }
}
