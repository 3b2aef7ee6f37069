import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@grantway/local-services';

const FOLDER = join(repositoryRoot, 'packages/conformance/golden');

/** What differs from run to run: members shown by their name alone, and texts replaced wherever they stand. */
export interface Volatile {
  readonly members?: readonly string[];
  readonly texts?: Readonly<Record<string, string>>;
}

/** House style, habit 11: what leaves the house is frozen. GOLDEN_UPDATE=1 refreshes the file; a review reads the change. */
export function expectGolden(name: string, actual: unknown, changing: Volatile = {}): void {
  const path = join(FOLDER, `${name}.golden.json`);
  const shown = masked(actual, changing);
  if (process.env['GOLDEN_UPDATE'] === '1') {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(path, `${JSON.stringify(shown, null, 2)}\n`);
  }
  if (!existsSync(path))
    throw new Error(`golden/${name}.golden.json is not there: run with GOLDEN_UPDATE=1 and read it`);
  expect(shown).toEqual(JSON.parse(readFileSync(path, 'utf8')));
}

/** A copy in which nothing changes from run to run. */
export function masked(value: unknown, { members = [], texts = {} }: Volatile): unknown {
  const text = JSON.stringify(value, (name, member) => (members.includes(name) ? `(${name})` : member));
  return JSON.parse(
    Object.entries(texts).reduce((shown, [changing, placeholder]) => {
      return shown.replaceAll(changing, placeholder);
    }, text),
  );
}
