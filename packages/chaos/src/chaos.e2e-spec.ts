import { House } from './house/house.js';
import type { Recipe } from './recipe.js';
import { connectionsCut } from './recipes/database.js';
import { freeze } from './recipes/freeze.js';
import { noResponders } from './recipes/no-responders.js';
import { races } from './recipes/races.js';
import { rollingRestart } from './recipes/rolling.js';
import { linesOf, type Report } from './report.js';
import { runRecipe } from './run-recipe.js';

/** The short version of `npm run chaos`: the same recipes on the same installation, for as long as they need to say something. */
describe('an installation with two of everything is broken under load of all flows', () => {
  let house: House;

  beforeAll(async () => {
    house = await House.start({ ownGroup: false });
  }, 180_000);
  afterAll(() => house.stop());

  const runs = (recipe: Recipe, seconds: number): Promise<Report> =>
    runRecipe(recipe, { house, seconds, seed: 20_261_122, patience: 60_000, pause: 150 });

  it.each<[string, Recipe, number]>([
    ['I1 recipe 1 of 20 callers for one artifact one succeeds, whatever the artifact', races(20), 0],
    ['I1 I6 recipe 4 what timed out at a service that stood still has no later effect', freeze, 0],
    [
      'I4 I11 recipe 5 without any replica of a service it is 503 at once, and all others are served',
      noResponders(['device']),
      0,
    ],
    ['I2 I3 I4 I15 recipe 11 every connection to PostgreSQL is cut every second', connectionsCut, 2],
    [
      'I9 recipe 20 a process of every service is replaced under load of all flows, and not one request fails',
      rollingRestart(1, [1]),
      0,
    ],
  ])(
    '%s',
    async (_rule, recipe, seconds) => {
      const report = await runs(recipe, seconds);
      const broken = report.claims.filter(({ held }) => !held);
      expect({ broken, report: broken.length > 0 ? linesOf(report) : [] }).toEqual({ broken: [], report: [] });
      expect(report.claims.map(({ invariant }) => invariant)).toEqual(
        expect.arrayContaining(['I1', 'I2', 'I3', 'I4', 'I15']),
      );
      expect(report.outcomes.ok).toBeGreaterThan(20);
    },
    180_000,
  );
});
