import type { SigningKey } from '@grantway/domain';
import { aSigningKey } from '@grantway/testing';
import { KeyKeeping } from './key-keeping.js';

const HOUR = 3_600;
const NOW = Date.UTC(2026, 10, 1) / 1000;
const at = (seconds: number) => new Date((NOW + seconds) * 1000);

/** A store that remembers what it was asked, and answers when it is told to. */
function storage() {
  const asked: number[] = [];
  const answers: { resolve(kept: boolean): void; reject(error: Error): void }[] = [];
  const keep = (_environment: string, _kid: string, until: Date) => {
    asked.push(until.getTime() / 1000 - NOW);
    return new Promise<boolean>((resolve, reject) => answers.push({ resolve, reject }));
  };
  return { asked, answers, keeping: new KeyKeeping({ keep } as never) };
}
const keptUntil = (seconds: number): SigningKey => aSigningKey({ keptUntil: at(seconds) });

describe('KeyKeeping', () => {
  it('I8 what expires long before the key is forgotten costs nothing', async () => {
    const { keeping, asked } = storage();
    expect(await keeping.cover(keptUntil(6 * HOUR), NOW + HOUR)).toBe(true);
    expect(asked).toEqual([]);
  });

  it.each([
    ['what would outlive the key', aSigningKey({ keptUntil: at(HOUR) }), HOUR],
    ['what expires so shortly before that a forgiving verifier still takes it', keptUntil(HOUR), HOUR - 299],
    ['the first token of a key', aSigningKey(), HOUR],
  ])('I8 %s waits until the key is kept for longer', async (_what, key, lifetime) => {
    const { keeping, asked, answers } = storage();
    let covered: boolean | undefined;
    const covering = keeping.cover(key, NOW + lifetime).then((answer) => {
      covered = answer;
    });
    await Promise.resolve();
    expect([covered, asked]).toEqual([undefined, [lifetime + 300 + 6 * HOUR]]);
    answers[0]?.resolve(true);
    await covering;
    expect(covered).toBe(true);
  });

  it('I8 a key that is retired in storage must not sign, and storage that is away is no permission', async () => {
    const { keeping, answers } = storage();
    const covering = keeping.cover(aSigningKey({ kid: 'one' }), NOW + HOUR);
    answers[0]?.resolve(false);
    expect(await covering).toBe(false);
    const failing = keeping.cover(aSigningKey({ kid: 'two' }), NOW + HOUR);
    answers[1]?.reject(new Error('storage is away'));
    await expect(failing).rejects.toThrow('storage is away');
  });

  it('house: it is asked ahead of time while nobody waits; a storage that is away then does no harm', async () => {
    const { keeping, asked, answers } = storage();
    for (let times = 0; times < 5; times++) {
      expect(await keeping.cover({ ...keptUntil(3 * HOUR), kid: 'one' }, NOW + HOUR)).toBe(true);
    }
    expect(asked).toHaveLength(1);
    answers[0]?.reject(new Error('storage is away'));
    await new Promise(setImmediate);
    expect(await keeping.cover({ ...keptUntil(3 * HOUR), kid: 'one' }, NOW + HOUR)).toBe(true);
    expect(asked).toHaveLength(1);
  });

  it('house: those who wait for the same ask once, and one who needs more asks for more', async () => {
    const { keeping, asked, answers } = storage();
    const key = aSigningKey();
    const many = Array.from({ length: 20 }, (_, n) => keeping.cover(key, NOW + HOUR + n));
    const more = keeping.cover(key, NOW + 365 * 24 * HOUR);
    expect(asked).toEqual([HOUR + 300 + 6 * HOUR, 365 * 24 * HOUR + 300 + 6 * HOUR]);
    for (const { resolve } of answers) resolve(true);
    expect(new Set(await Promise.all([...many, more]))).toEqual(new Set([true]));
  });
});
