import { hashPassword, isPasswordHash, passwordFits } from './passwords.js';

describe('passwords', () => {
  it('design §7 are kept as argon2id, 19 MiB, two passes', async () => {
    const hash = await hashPassword('correct horse');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(isPasswordHash(hash)).toBe(true);
    expect(await passwordFits(hash, 'correct horse')).toBe(true);
    expect(await passwordFits(hash, 'correct horsf')).toBe(false);
  });

  it.each(['', 'secret', '$2b$10$abcdefghijklmnopqrstuv', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA'])(
    'house: %j is no hash of ours',
    (text) => {
      expect(isPasswordHash(text)).toBe(false);
    },
  );

  it('SE-02 for a name nobody has the same work is done as for a wrong password', async () => {
    const checked: string[] = [];
    const check = async (hash: string) => {
      checked.push(hash);
      return true;
    };
    expect(await passwordFits(await hashPassword('correct horse'), 'guess', check)).toBe(true);
    expect(await passwordFits(undefined, 'guess', check)).toBe(false);
    // Version, memory, passes and lanes are what a check costs.
    const [wrong, unknown] = checked.map((hash) => hash.split('$').slice(0, 4).join('$'));
    expect(unknown).toBe(wrong);
    expect(checked).toHaveLength(2);
  });

  it('SE-02 not even the password of the decoy fits', async () => {
    expect(await passwordFits(undefined, 'nobody has this password')).toBe(false);
  });
});
