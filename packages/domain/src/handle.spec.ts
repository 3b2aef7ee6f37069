import fc from 'fast-check';
import {
  formatHandle,
  HandlePrefix,
  hashSecret,
  newHandle,
  packId,
  parseHandle,
  secretMatches,
  unpackId,
} from './handle.js';
import { parseRefreshToken } from './refresh-token.js';

const PREFIXES = Object.values(HandlePrefix);
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Another spelling of the same bytes: the bits of the last character that carry nothing are changed. */
function respelled(text: string): string {
  const last = BASE64URL.indexOf(text.at(-1) as string);
  return text.slice(0, -1) + BASE64URL[last ^ 1];
}

describe('handles', () => {
  it('house: what was made is read back', () => {
    const { id, handle, secretHash } = newHandle(HandlePrefix.AuthorizationCode);
    const read = parseHandle(HandlePrefix.AuthorizationCode, handle);
    expect(read?.id).toBe(id);
    expect(secretMatches(read?.secret ?? '', secretHash)).toBe(true);
  });

  it('CO-11 the id is a UUIDv7, the secret has 256 bits, no two are alike, and only a hash is for storing', () => {
    const made = Array.from({ length: 100 }, () => newHandle(HandlePrefix.Session));
    const secrets = made.map(({ handle }) => handle.split('.')[1] as string);
    expect(new Set(secrets).size).toBe(100);
    for (const [index, { id, handle, secretHash }] of made.entries()) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(handle).toMatch(/^gwst_[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/);
      expect(secretHash).toHaveLength(32);
      expect(secretHash.toString('base64url')).not.toBe(secrets[index]);
    }
  });

  it('CO-11 another secret does not match', () => {
    const { secretHash } = newHandle(HandlePrefix.Session);
    expect(secretMatches('', secretHash)).toBe(false);
    expect(secretMatches(newHandle(HandlePrefix.Session).handle.slice(-43), secretHash)).toBe(false);
    expect(hashSecret('a').equals(hashSecret('b'))).toBe(false);
  });

  it('CO-10 a handle of one kind is none of another', () => {
    const opaque: readonly HandlePrefix[] = [HandlePrefix.AuthorizationCode, HandlePrefix.Session];
    for (const made of PREFIXES) {
      const { handle } = newHandle(made);
      for (const read of opaque) expect(parseHandle(read, handle) !== undefined).toBe(made === read);
      expect(parseRefreshToken(handle)).toBeUndefined();
    }
  });

  const { id, handle } = newHandle(HandlePrefix.AuthorizationCode);
  const [head = '', secret = ''] = handle.split('.');
  it.each([
    ['nothing', ''],
    ['the prefix alone', 'gwac_'],
    ['no secret', head],
    ['an empty secret', `${head}.`],
    ['a secret one short', handle.slice(0, -1)],
    ['a secret one long', `${handle}A`],
    ['a third part', `${handle}.${secret}`],
    ['a line break at the end', `${handle}\n`],
    ['a space in front', ` ${handle}`],
    ['padding', `${handle}=`],
    ['the prefix in capitals', handle.replace('gwac', 'GWAC')],
    ['the id as it is written elsewhere', `gwac_${id}.${secret}`],
    ['an id of another alphabet', `gwac_${'+'.repeat(22)}.${secret}`],
    ['the secret spelled a second way', respelled(handle)],
    ['the id spelled a second way', `${respelled(head)}.${secret}`],
  ])('CO-11 %s is no handle', (_what, text) => {
    expect(parseHandle(HandlePrefix.AuthorizationCode, text)).toBeUndefined();
  });

  it('house: whatever the text, reading it never throws and never invents', () => {
    const like = fc.stringMatching(/^gw(ac|rt|st)_[A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{41,45}$/);
    fc.assert(
      fc.property(fc.constantFrom(...PREFIXES), fc.oneof(fc.string({ unit: 'binary' }), like), (prefix, text) => {
        const read = parseHandle(prefix, text);
        if (read) expect(formatHandle(prefix, read.id, read.secret)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  it('house: packing an id loses nothing', () => {
    fc.assert(fc.property(fc.uuid(), (uuid) => unpackId(packId(uuid)) === uuid));
    expect(unpackId('')).toBeUndefined();
    expect(unpackId(`${packId('01a1f000-0000-7000-8000-000000000001')}A`)).toBeUndefined();
  });
});
