import { CONDITIONS, type Condition, complaintsOf, type Rounds, type Seen } from './verdict.js';

/** A round in which every exchange took so long, and so many polls were answered in a second. */
function seen(milliseconds: number, polls?: number, more: Partial<Seen['exchanged']> = {}): Seen {
  const exchanged = { latencies: Array.from({ length: 100 }, () => milliseconds), failed: 0, ...more };
  const polled = { answers: { authorization_pending: polls ?? 0 }, took: 1_000, p50: 1, p99: 1 };
  return { exchanged, cores: new Map(), ...(polls !== undefined && { polled }) };
}

const GOOD: Readonly<Record<Condition, Seen>> = {
  'nobody polls': seen(5),
  'one device process': seen(8, 1_000),
  'a stranger instead': seen(7),
  'two device processes': seen(9, 1_900),
};

const rounds = (changed: Partial<Record<Condition, Seen>> = {}): Rounds =>
  new Map(CONDITIONS.map((condition) => [condition, [{ ...GOOD, ...changed }[condition]]]));

describe('the verdict on polling', () => {
  it('house: nothing to say when exchanges are hardly slower and a second process gains', () => {
    expect(complaintsOf(rounds(), true)).toEqual([]);
  });

  it.each([
    ['I11 exchanges twice as slow', { 'one device process': seen(10, 1_000) }, /p99 of an exchange moved 2\.00×/],
    ['house: no gain', { 'two device processes': seen(9, 1_100) }, /answers 1\.10×/],
    ['house: an exchange failed', { 'two device processes': seen(9, 1_900, { failed: 1 }) }, /1 exchanges failed/],
    ['house: nothing measured', { 'nobody polls': seen(5, undefined, { latencies: [] }) }, /moved NaN×/],
  ])('%s', (_rule, changed, complaint) => {
    expect(complaintsOf(rounds(changed), true)).toEqual([expect.stringMatching(complaint)]);
  });

  it('house: an answer that is none of a poll’s is told', () => {
    const polled = { answers: { authorization_pending: 1_000, '500': 1 }, took: 1_000, p50: 1, p99: 1 };
    const odd = { 'one device process': { ...GOOD['one device process'], polled } };
    expect(complaintsOf(rounds(odd), true)).toEqual(['polls were answered 500']);
  });

  it('house: polls that were turned away do not count as answered', () => {
    const polled = { answers: { authorization_pending: 1_000, '503': 900 }, took: 1_000, p50: 1, p99: 1 };
    const away = { 'two device processes': { ...GOOD['two device processes'], polled } };
    expect(complaintsOf(rounds(away), true)).toEqual([expect.stringMatching(/answers 1\.00×/)]);
  });

  it('house: without a ration a second process need not gain', () => {
    expect(complaintsOf(rounds({ 'two device processes': seen(9, 1_000) }), false)).toEqual([]);
  });
});
