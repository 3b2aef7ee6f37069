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

  it('SE-02 a name nobody has takes the time of a wrong password', async () => {
    const hash = await hashPassword('correct horse');
    const timeOf = async (stored: string | undefined): Promise<number> => {
      const times: number[] = [];
      for (let time = 0; time < 9; time++) {
        const began = performance.now();
        expect(await passwordFits(stored, 'guess')).toBe(false);
        times.push(performance.now() - began);
      }
      return times.sort((one, other) => one - other)[4] ?? 0;
    };
    const [wrong, unknown] = [await timeOf(hash), await timeOf(undefined)];
    expect(unknown / wrong).toBeGreaterThan(0.5);
    expect(unknown / wrong).toBeLessThan(2);
  });

  it('SE-02 not even the password of the decoy fits', async () => {
    expect(await passwordFits(undefined, 'nobody has this password')).toBe(false);
  });
});
