import { cheaper, dearer, only } from './verdict.js';

describe('the guard', () => {
  it('house: says which workload moved and by how much, and lets noise pass', () => {
    const baseline = { 'ours W1': 10, 'ours W4': 20 };
    expect(dearer({ 'ours W1': 12.9, 'ours W4': 20 }, baseline)).toEqual([]);
    expect(dearer({ 'ours W1': 10, 'ours W4': 30 }, baseline)).toEqual(['ours W4 costs 1.50 times what it did']);
  });

  it('house: what nobody recorded is not waved through', () => {
    expect(dearer({ 'ours W2': 1 }, {})).toEqual(['ours W2 is not in the baseline']);
  });

  it('house: what is looked at twice counts as the better of both, and the others as they were', () => {
    const first = { 'ours W1': 10, 'theirs W1': 12, 'ours W10': 20 };
    expect(only('W1', first)).toEqual({ 'ours W1': 10, 'theirs W1': 12 });
    expect(cheaper(first, { 'ours W1': 11, 'theirs W1': 8 })).toEqual({ ...first, 'theirs W1': 8 });
  });
});
