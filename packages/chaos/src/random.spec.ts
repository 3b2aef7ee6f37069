import { Random } from './random.js';

describe('numbers of a seed', () => {
  const draw = (seed: number) => {
    const random = new Random(seed);
    return Array.from({ length: 1_000 }, () => random.next());
  };

  it('house: the same seed says the same, another one something else', () => {
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('house: all of [0, 1) is drawn from', () => {
    const numbers = draw(1);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    expect(new Set(numbers.map((each) => Math.floor(each * 10))).size).toBe(10);
  });

  it('house: a sample has each at most once and never more than there are', () => {
    const random = new Random(3);
    expect(random.sample([1, 2, 3], 5).sort()).toEqual([1, 2, 3]);
    expect(new Set(random.sample(Array(50).keys(), 20)).size).toBe(20);
    expect(() => random.pick([])).toThrow(RangeError);
  });
});
