import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Keeps what must be read again unreadable at rest: AES-256-GCM, bound to what it belongs to. */
export class SecretBox {
  /** @param key 32 bytes derived from the installation's master key */
  constructor(private readonly key: Buffer) {}

  /** @param owner environment and id; a row copied to another environment does not open there */
  seal(plain: string, owner: string): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(Buffer.from(owner));
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), body]);
  }

  /** @throws Error when the master key is another one, or the bytes were changed or moved */
  open(sealed: Uint8Array, owner: string): string {
    const bytes = Buffer.from(sealed);
    const iv = bytes.subarray(1, 1 + IV_BYTES);
    const tag = bytes.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES);
    const body = bytes.subarray(1 + IV_BYTES + TAG_BYTES);
    if (bytes[0] !== VERSION) throw new Error(`${owner}: sealed in an unknown format`);
    try {
      // Without its length a row cut short would be opened by a shorter, guessable tag.
      const decipher = createDecipheriv('aes-256-gcm', this.key, iv, { authTagLength: TAG_BYTES });
      decipher.setAuthTag(tag).setAAD(Buffer.from(owner));
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new Error(`${owner} does not open: is GRANTWAY_MASTER_KEY the one it was sealed with?`, {
        cause,
      });
    }
  }
}
