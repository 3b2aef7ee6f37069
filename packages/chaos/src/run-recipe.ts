import { proveBooks } from './books.js';
import type { House } from './house/house.js';
import { MixedLoad } from './load/mixed-load.js';
import { Random } from './random.js';
import type { Recipe } from './recipe.js';
import type { Report } from './report.js';
import { Trial } from './trial.js';
import type { Version } from './versions/version-before.js';

export interface RunOptions {
  readonly house: House;
  readonly seed: number;
  readonly seconds?: number | undefined;
  readonly version?: Version | undefined;
  /** Milliseconds within which every flow has to be served again after a fault was healed (I15); default 10 000. */
  readonly patience?: number;
  /** Milliseconds between two turns of a client of the load. */
  readonly pause?: number;
  readonly say?: (line: string) => void;
}

/** Until every flow was served for the first time: people sign on, and everything is cold. */
const WARM_UP = 60_000;

/** Runs one recipe, heals, waits, and proves what has to hold. The house is as before afterwards. */
export async function runRecipe(recipe: Recipe, options: RunOptions): Promise<Report> {
  const { house, seed, patience = 10_000 } = options;
  const from = Date.now();
  const random = new Random(seed);
  const load = new MixedLoad(house, random, options.pause, recipe.without);
  const trial = new Trial({ ...options, load, random });
  const street = watchStreet(house);
  try {
    if (recipe.underLoad) {
      load.start();
      const { missing } = await load.untilServed(WARM_UP);
      if (missing.length > 0) throw new Error(`never served, before anything was broken: ${missing.join(', ')}`);
    }
    await recipe.run(trial);
    await house.everybodyIsBack();
    load.start();
    const { took, missing } = await load.untilServed(patience);
    trial.claim(
      'I15',
      missing.length === 0,
      `every flow is served ${took} ms after the last fault ${missing.join(', ')}`,
    );
  } catch (error) {
    trial.claim('recipe', false, `did not end as it should: ${(error as Error).stack ?? error}`);
  } finally {
    await load.stop();
  }
  await proveBooks(trial).catch((error) => trial.claim('books', false, `could not be proven: ${error}`));
  await recipe.afterwards?.(trial).catch((error) => trial.claim('recipe', false, `did not end as it should: ${error}`));
  const { requests, broken } = street.over();
  trial.claim('I4', broken.length === 0, `no 5xx but 503 with Retry-After ${broken.slice(0, 3).join(' | ')}`);
  if (recipe.faultless) {
    const { ok, ...failed } = load.outcomes.total;
    const sum = Object.values(failed).reduce((all, count) => all + count, 0);
    trial.claim('I9', sum === 0 && ok > 0, `${ok} steps served, ${sum} failed`);
  }
  return {
    ...{ recipe: recipe.number, title: recipe.title, seed },
    seconds: Math.round((Date.now() - from) / 1_000),
    ...{ faults: Object.fromEntries(trial.faults), requests },
    ...{ outcomes: load.outcomes.total, byStep: load.outcomes.byStep, claims: trial.claims, notes: trial.notes },
  };
}

/** Everything that leaves the house, as the balancer sees it. */
function watchStreet({ balancer }: House): { over(): { requests: Record<string, number>; broken: string[] } } {
  const requests: Record<string, number> = {};
  const broken: string[] = [];
  balancer.onAnswer = ({ status, hasRetryAfter, what }) => {
    requests[status] = (requests[status] ?? 0) + 1;
    if (status >= 500 && !(status === 503 && hasRetryAfter)) broken.push(what);
  };
  return {
    over() {
      balancer.onAnswer = () => {};
      return { requests, broken };
    },
  };
}
