/** What the command was asked for. */
export interface Arguments {
  /** Numbers of the recipes to run, in this order. */
  readonly recipes: readonly number[];
  /** How long each recipe goes on breaking things; absent: each as long as it thinks right. */
  readonly seconds?: number;
  readonly seed: number;
  /** Where the reports are written as JSON. */
  readonly json?: string;
  /** The commit that recipe 21 takes for version N. */
  readonly from?: string;
}

/** Something a person has to write differently. The message is complete. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}

/**
 * `4 9 21 --seconds 30 --seed 7 --json FILE --from COMMIT`; no number means all.
 *
 * @throws ArgumentError
 */
export function parseArguments(args: readonly string[], known: readonly number[], anySeed: () => number): Arguments {
  const recipes: number[] = [];
  const options: Record<string, string> = {};
  const left = [...args];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (/^\d+$/.test(word)) recipes.push(Number(word));
    else if (/^--(?:seconds|seed|json|from)$/.test(word)) options[word.slice(2)] = given(word, left.shift());
    else throw new ArgumentError(`"${word}" is neither the number of a recipe nor an option`);
  }
  const unknown = recipes.find((each) => !known.includes(each));
  if (unknown !== undefined) throw new ArgumentError(`there is no recipe ${unknown}: ${known.join(', ')}`);
  const { seconds, seed, json, from } = options;
  return {
    recipes: recipes.length > 0 ? recipes : known,
    seed: seed === undefined ? anySeed() : wholeNumber('--seed', seed),
    ...(seconds !== undefined && { seconds: wholeNumber('--seconds', seconds) }),
    ...(json !== undefined && { json }),
    ...(from !== undefined && { from }),
  };
}

function given(option: string, value: string | undefined): string {
  if (value === undefined || value.startsWith('--')) throw new ArgumentError(`${option} needs a value`);
  return value;
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new ArgumentError(`${option} is a whole number, not "${text}"`);
  return Number(text);
}
