import { isRace, RACE_TOLERANCE_MS } from './arrival.js';

const NOW = 1_700_000_000_000;

describe('race or replay', () => {
  it.each([
    ['spent this moment', 0, 0, true],
    ['spent while this request was on its way', 300, 400, true],
    ['spent as long ago as the wire may hide', 400 + RACE_TOLERANCE_MS, 400, true],
    ['spent before this request set out', 401 + RACE_TOLERANCE_MS, 400, false],
    ['spent a second before a quick request', 1_000, 5, false],
    ['superseded for ever', Number.POSITIVE_INFINITY, 10_000, false],
  ])('CO-02 %s', (_what, spentAgo, inFlightFor, race) => {
    expect(isRace(spentAgo, NOW - inFlightFor, NOW)).toBe(race);
  });
});
