import { Pace } from './pace.js';

describe('Pace', () => {
  it('house: one that says too much is silenced for the rest of the span, told once, and nobody else is', () => {
    let now = 5_000;
    const pace = new Pace(2, 1_000, () => now);
    const loud = () => pace.take('loud');
    expect(Array.from({ length: 5 }, loud)).toEqual(['kept', 'kept', 'exceeded', 'silenced', 'silenced']);
    expect(pace.take('other')).toBe('kept');
    now = 5_999;
    expect(loud()).toBe('silenced');
    now = 6_000;
    expect(loud()).toBe('kept');
  });

  it('house: amounts add up, and one that is too much by itself is exceeded', () => {
    const pace = new Pace(100, 1_000, () => 0);
    expect([pace.take('a', 60), pace.take('a', 40), pace.take('a', 1)]).toEqual(['kept', 'kept', 'exceeded']);
    expect([pace.take('b', 101), pace.take('b', 1)]).toEqual(['exceeded', 'silenced']);
  });
});
