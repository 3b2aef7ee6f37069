import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { ArgumentError, type Arguments, parseArguments } from './arguments.js';
import { House } from './house/house.js';
import { Undo } from './house/undo.js';
import type { Recipe } from './recipe.js';
import { RECIPES } from './recipes/all.js';
import { isHeld, linesOf, type Report } from './report.js';
import { runRecipe } from './run-recipe.js';

const say = (line: string) => console.log(line);
const undo = new Undo();

// Whatever is running is ended in order; a second signal does not wait for that.
let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (isStopping) process.exit(130);
    isStopping = true;
    void undo.all().finally(() => process.exit(130));
  });
}

/** Everything in turn; recipes that begin with a version of their own get a house of their own. */
async function run({ recipes, seed, seconds, json, from }: Arguments): Promise<boolean> {
  const reports: Report[] = [];
  const notRun: number[] = [];
  let common: House | undefined;
  for (const number of recipes) {
    const recipe = RECIPES.find((each) => each.number === number) as Recipe;
    say(`\n${recipe.number}  ${recipe.title} …`);
    try {
      if (!recipe.begin) common ??= await opened(new House());
      const report = recipe.begin
        ? await inItsOwnHouse(recipe, { seed, seconds, from })
        : await runRecipe(recipe, { house: common as House, seed, seconds, say });
      reports.push(report);
      say(linesOf(report).join('\n'));
    } catch (error) {
      notRun.push(number);
      say(`   could not be run: ${(error as Error).message}`);
    }
    if (json !== undefined) await writeFile(json, `${JSON.stringify(reports, undefined, 2)}\n`);
  }
  const broken = reports.filter((report) => !isHeld(report)).map(({ recipe }) => recipe);
  const failed = [...broken, ...notRun];
  const names = [...broken.map((each) => `broken: ${each}`), ...notRun.map((each) => `not run: ${each}`)];
  say(`\n${[`${recipes.length - failed.length} of ${recipes.length} recipes held`, ...names].join('; ')}`);
  return failed.length === 0;
}

async function inItsOwnHouse(
  recipe: Recipe,
  { from, ...options }: { seed: number; seconds: number | undefined; from: string | undefined },
): Promise<Report> {
  const version = await (recipe.begin as NonNullable<Recipe['begin']>)(from, say);
  undo.first(() => version.remove());
  const house = await opened(new House({ root: version.root }));
  const report = await runRecipe(recipe, { ...options, house, version, say });
  await house.stop();
  await version.remove();
  return report;
}

/** Whatever has begun is ended too when a signal comes meanwhile. */
async function opened(house: House): Promise<House> {
  say('   starting PostgreSQL, nats-server and two processes of each service');
  undo.first(() => house.stop());
  await house.open();
  return house;
}

const KNOWN = RECIPES.map(({ number }) => number);
const HELP = [
  'npm run chaos -- [RECIPE …] [--seconds N] [--seed N] [--json FILE] [--from COMMIT]',
  '',
  ...RECIPES.map(({ number, title }) => `  ${String(number).padStart(2)}  ${title}`),
];

const words = process.argv.slice(2);
if (words.includes('--help') || words.includes('help')) say(HELP.join('\n'));
else {
  try {
    if (!(await run(parseArguments(words, KNOWN, () => randomInt(2 ** 31))))) process.exitCode = 1;
  } catch (error) {
    console.error(error instanceof ArgumentError ? error.message : error);
    process.exitCode = 1;
  } finally {
    await undo.all();
  }
}
