import { createHash } from 'node:crypto';
import { ClientSecretHasher } from './client-secret-hasher.js';

const hasher = new ClientSecretHasher(Buffer.alloc(32, 1));

describe('ClientSecretHasher', () => {
  it('CA-01 a secret is kept as a keyed hash, which another master key does not recognize', () => {
    const hash = hasher.hash('s3cret');
    expect(hash).toMatch(/^hs256:[A-Za-z0-9_-]{43}$/);
    expect(hasher.matches('s3cret', [hash])).toBe(true);
    expect(new ClientSecretHasher(Buffer.alloc(32, 2)).matches('s3cret', [hash])).toBe(false);
    // A stolen table must not be open to a plain dictionary.
    expect(hash).not.toContain(createHash('sha256').update('s3cret').digest('base64url'));
  });

  it('CA-01 an environment file may bring the SHA-256 of a secret', () => {
    const digest = createHash('sha256').update('s3cret').digest('base64url');
    expect(hasher.wrapSha256(digest)).toBe(hasher.hash('s3cret'));
  });

  it('house: while a secret is being replaced both are good', () => {
    const hashes = [hasher.hash('old'), hasher.hash('new')];
    expect(['old', 'new', 'older', ''].map((secret) => hasher.matches(secret, hashes))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it.each([
    ['nothing stored', []],
    ['an empty hash', ['']],
    ['a hash of another kind', ['plain:s3cret']],
    ['the secret itself', ['s3cret']],
    ['the bare digest', [createHash('sha256').update('s3cret').digest('base64url')]],
  ])('CA-01 %s matches no secret', (_what, hashes) => {
    expect(hasher.matches('s3cret', hashes)).toBe(false);
    expect(hasher.matches('', hashes)).toBe(false);
  });
});
