import { readArguments } from './arguments.js';

const KNOWN = ['W1', 'W4'];

describe('what npm run bench is told', () => {
  it('house: nothing means everything, peers and all', () => {
    expect(readArguments([], KNOWN)).toEqual({ workloads: [], peers: true, rounds: 3 });
  });

  it('house: named workloads are ours alone unless the peers are asked for', () => {
    expect(readArguments(['w4'], KNOWN)).toEqual({ workloads: ['W4'], peers: false, rounds: 3 });
    expect(readArguments(['W4', '--peers', '--json', 'rows.json'], KNOWN)).toEqual({
      ...{ workloads: ['W4'], peers: true, rounds: 3, json: 'rows.json' },
    });
  });

  it.each([
    [['W5'], 'there is no workload W5: W1, W4'],
    [['--rounds', '0'], '--rounds takes a number from 1 to 99'],
    [['--rounds', 'many'], '--rounds takes a number from 1 to 99'],
    [['--fast'], "Unknown option '--fast'"],
  ])('house: %j is refused in words', (args, words) => {
    expect(() => readArguments(args, KNOWN)).toThrow(words);
  });
});
