import { hkdfSync } from 'node:crypto';

/** What the installation's one secret is stretched into; each purpose gets a key of its own. */
export type KeyPurpose =
  | 'key-encryption'
  | 'refresh-token'
  | 'client-secret'
  | 'sealed-secret'
  | 'user-code'
  | 'one-time-code';

const KEY_BYTES = 32;
/** Node's decoder skips what is no base64url, so the shape is checked first. */
const KEY_TEXT = /^[A-Za-z0-9_-]{43}$/;

/** The installation's secret, `GRANTWAY_MASTER_KEY`: every process of one installation has the same. */
export class MasterKey {
  readonly #bytes: Buffer;

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** @throws Error when the text is not 32 bytes in base64url; the message holds nothing of it */
  static parse(text: string): MasterKey {
    if (!KEY_TEXT.test(text)) throw new Error(`must be ${KEY_BYTES} bytes in base64url`);
    return new MasterKey(Buffer.from(text, 'base64url'));
  }

  /** RFC 5869. */
  derive(purpose: KeyPurpose): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#bytes, '', `grantway/${purpose}/v1`, KEY_BYTES));
  }
}
