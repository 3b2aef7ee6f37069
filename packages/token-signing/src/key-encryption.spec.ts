import { KeyEncryption } from './key-encryption.js';

const PLAIN = '{"kty":"EC","d":"secret"}';
const encryption = new KeyEncryption(Buffer.alloc(32, 1));
const sealed = encryption.encrypt(PLAIN, 'acme/kid-1');

describe('KeyEncryption', () => {
  it('design §6 opens what it sealed, in every process of the installation', () => {
    expect(new KeyEncryption(Buffer.alloc(32, 1)).decrypt(sealed, 'acme/kid-1')).toBe(PLAIN);
  });

  it('design §6 nothing of a key shows at rest, and sealing twice gives two texts', () => {
    expect(sealed.includes('secret')).toBe(false);
    expect(sealed.equals(encryption.encrypt(PLAIN, 'acme/kid-1'))).toBe(false);
  });

  it.each([
    ['moved to another environment', sealed, 'other/kid-1'],
    ['moved to another key', sealed, 'acme/kid-2'],
    ['empty', Buffer.alloc(0), 'acme/kid-1'],
    ['cut off behind its nonce', sealed.subarray(0, 13), 'acme/kid-1'],
    ['cut off within its tag', sealed.subarray(0, 17), 'acme/kid-1'],
    ['cut off at the end', sealed.subarray(0, -1), 'acme/kid-1'],
    ['longer than it was', Buffer.concat([sealed, Buffer.alloc(1)]), 'acme/kid-1'],
  ])('MT-03 a key that is %s does not open', (_what, bytes, owner) => {
    expect(() => encryption.decrypt(bytes, owner)).toThrow(owner);
  });

  it('design §6 one changed bit anywhere is noticed', () => {
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] as number) ^ 1;
      expect(() => encryption.decrypt(changed, 'acme/kid-1')).toThrow(/signing key acme\/kid-1/);
    }
  });

  it('design §6 another master key is named as the likely reason, and nothing secret is', () => {
    const other = new KeyEncryption(Buffer.alloc(32, 2));
    expect(() => other.decrypt(sealed, 'acme/kid-1')).toThrow(
      /^signing key acme\/kid-1 does not open: is GRANTWAY_MASTER_KEY the one it was sealed with\?$/,
    );
  });
});
