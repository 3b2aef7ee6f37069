import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { HandlePrefix, newHandle } from './handle.js';
import { type PresentedRefreshToken, parseRefreshToken, RefreshTokenCodec } from './refresh-token.js';

const ID = '01a1f000-0000-7000-8000-000000000001';
const SALT = Buffer.alloc(16, 1);
const codec = new RefreshTokenCodec(Buffer.alloc(32, 7));
const read = (token: string) => parseRefreshToken(token) as PresentedRefreshToken;

describe('RefreshTokenCodec', () => {
  it('design §4.3 what it formats it recognizes', () => {
    for (const generation of [0, 1, 9, 10, 999_999_999]) {
      const presented = read(codec.format(ID, SALT, generation));
      expect(presented).toMatchObject({ authorizationId: ID, generation });
      expect(codec.matches(presented, SALT)).toBe(true);
    }
  });

  it('R4 the same successor is derived again, by every process of the installation', () => {
    const elsewhere = new RefreshTokenCodec(Buffer.alloc(32, 7));
    expect(elsewhere.format(ID, SALT, 5)).toBe(codec.format(ID, SALT, 5));
  });

  it('design §4.3 key, salt and generation each change the secret', () => {
    const secrets = [
      codec.format(ID, SALT, 5),
      codec.format(ID, SALT, 6),
      codec.format(ID, Buffer.alloc(16, 2), 5),
      new RefreshTokenCodec(Buffer.alloc(32, 8)).format(ID, SALT, 5),
    ].map((token) => read(token).secret);
    expect(new Set(secrets).size).toBe(4);
  });

  it('RT-01 a generation cannot be raised by whoever knows an older one', () => {
    const stolen = read(codec.format(ID, SALT, 3));
    expect(codec.matches({ ...stolen, generation: 4 }, SALT)).toBe(false);
    expect(codec.matches({ ...stolen, generation: 2 }, SALT)).toBe(false);
  });

  it('design §4.3 another family’s salt does not fit', () => {
    expect(codec.matches(read(codec.format(ID, SALT, 0)), randomBytes(16))).toBe(false);
  });

  it('CO-11 a second spelling of the secret does not match', () => {
    const presented = read(codec.format(ID, SALT, 0));
    const sameBytes = Buffer.from(presented.secret, 'base64url');
    const others = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
      .map((last) => presented.secret.slice(0, -1) + last)
      .filter((secret) => secret !== presented.secret && Buffer.from(secret, 'base64url').equals(sameBytes));
    expect(others).toHaveLength(3);
    for (const secret of others) expect(codec.matches({ ...presented, secret }, SALT)).toBe(false);
  });

  const token = codec.format(ID, SALT, 12);
  it.each([
    ['nothing', ''],
    ['a code', newHandle(HandlePrefix.AuthorizationCode).handle],
    ['a session', newHandle(HandlePrefix.Session).handle],
    ['no generation', newHandle(HandlePrefix.RefreshToken).handle],
    ['a generation with a zero in front', token.replace('.12.', '.012.')],
    ['a negative generation', token.replace('.12.', '.-1.')],
    ['a generation with a fraction', token.replace('.12.', '.1.2.')],
    ['a generation beyond every counter', token.replace('.12.', '.4294967296.')],
    ['a line break at the end', `${token}\n`],
    ['a secret one short', token.slice(0, -1)],
  ])('CO-10 %s is no refresh token', (_what, text) => {
    expect(parseRefreshToken(text)).toBeUndefined();
  });

  it('house: whatever the text, reading and comparing never throw', () => {
    const like = fc.stringMatching(/^gwrt_[A-Za-z0-9_-]{22}\.[0-9]{1,12}\.[A-Za-z0-9_-]{43}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), like), (text) => {
        const presented = parseRefreshToken(text);
        return presented === undefined || !codec.matches(presented, SALT);
      }),
      { numRuns: 2_000 },
    );
  });
});
