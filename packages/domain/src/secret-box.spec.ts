import { SecretBox } from './secret-box.js';

const PLAIN = '{"kty":"EC","d":"secret"}';
const encryption = new SecretBox(Buffer.alloc(32, 1));
const sealed = encryption.seal(PLAIN, 'acme/kid-1');

describe('SecretBox', () => {
  it('design §6 opens what it sealed, in every process of the installation', () => {
    expect(new SecretBox(Buffer.alloc(32, 1)).open(sealed, 'acme/kid-1')).toBe(PLAIN);
  });

  it('design §6 nothing of a key shows at rest, and sealing twice gives two texts', () => {
    expect(sealed.includes('secret')).toBe(false);
    expect(sealed.equals(encryption.seal(PLAIN, 'acme/kid-1'))).toBe(false);
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
    expect(() => encryption.open(bytes, owner)).toThrow(owner);
  });

  it('design §6 one changed bit anywhere is noticed', () => {
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] as number) ^ 1;
      expect(() => encryption.open(changed, 'acme/kid-1')).toThrow(/acme\/kid-1/);
    }
  });

  it('design §6 another master key is named as the likely reason, and nothing secret is', () => {
    const other = new SecretBox(Buffer.alloc(32, 2));
    expect(() => other.open(sealed, 'acme/kid-1')).toThrow(
      /^acme\/kid-1 does not open: is GRANTWAY_MASTER_KEY the one it was sealed with\?$/,
    );
  });
});
