import { ArgumentError, parseArguments } from './arguments.js';

const KNOWN = [1, 4, 9, 21];
const parse = (line: string) => parseArguments(line.split(' ').filter(Boolean), KNOWN, () => 42);

describe('the arguments of npm run chaos', () => {
  it('house: without any, every recipe with a seed drawn for it', () => {
    expect(parse('')).toEqual({ recipes: KNOWN, seed: 42 });
  });

  it('house: numbers and options in any order', () => {
    expect(parse('4 --seconds 30 21 --seed 7 --json out.json --from abc123')).toEqual({
      ...{ recipes: [4, 21], seconds: 30, seed: 7 },
      ...{ json: 'out.json', from: 'abc123' },
    });
  });

  it.each([
    ['3', 'there is no recipe 3: 1, 4, 9, 21'],
    ['four', '"four" is neither the number of a recipe nor an option'],
    ['--seconds', '--seconds needs a value'],
    ['--seconds --seed 1', '--seconds needs a value'],
    ['--seed tomorrow', '--seed is a whole number, not "tomorrow"'],
  ])('house: %s is refused in one line', (line, message) => {
    expect(() => parse(line)).toThrow(new ArgumentError(message));
  });
});
