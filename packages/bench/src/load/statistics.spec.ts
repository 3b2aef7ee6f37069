import { median, percentile } from './statistics.js';

describe('statistics', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  it.each([
    [0.5, 50],
    [0.99, 99],
    [1, 100],
    [0, 1],
  ])('house: a share of %s of 1 to 100 is at most %s', (share, value) => {
    expect(percentile(hundred, share)).toBe(value);
  });

  it('house: the median of three is the middle one, of four the mean of the two there, and of none is no number', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([10, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });
});
