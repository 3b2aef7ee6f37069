import { execFile } from 'node:child_process';
import { lstatSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '@grantway/local-services';

/** What prune.mjs made for one app. */
export interface AppTree {
  readonly app: string;
  readonly folder: string;
  /** Paths below the folder. */
  readonly files: readonly string[];
  readonly bytes: number;
  /** Names of the packages of others. */
  readonly packages: readonly string[];
  /** `apps/token`, `packages/domain` … */
  readonly rooms: readonly string[];
  /** Files that appeared, went, or were written since it was made. */
  changes(): string[];
}

/** As deploy/Dockerfile does it. */
export async function makeAppTree(app: string, folder: string): Promise<AppTree> {
  const script = join(repositoryRoot, 'packages/tooling/deploy/prune.mjs');
  await promisify(execFile)(process.execPath, [script, app, folder], { env: { PATH: process.env['PATH'] } });
  const made = snapshot(folder);
  const files = [...made.keys()];
  const homes = files.flatMap(
    (file) => /^((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(file)?.[1] ?? [],
  );
  return {
    app,
    folder,
    files,
    bytes: [...made.values()].reduce((sum, { size }) => sum + size, 0),
    packages: homes.map((home) => home.split('node_modules/').at(-1) ?? ''),
    rooms: files.flatMap((file) => /^((?:apps|packages)\/[^/]+)\/package\.json$/.exec(file)?.[1] ?? []),
    changes: () => {
      const now = snapshot(folder);
      const differs = (file: string) =>
        made.get(file)?.size !== now.get(file)?.size || made.get(file)?.written !== now.get(file)?.written;
      return [...new Set([...files, ...now.keys()])].filter(differs);
    },
  };
}

interface Entry {
  readonly size: number;
  readonly written: number;
}

/** One after the other: for thousands of files that is a tenth of the processor time. */
function snapshot(folder: string): Map<string, Entry> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return new Map(
    files.map((path) => {
      const { size, mtimeMs } = lstatSync(path);
      return [relative(folder, path), { size, written: mtimeMs }];
    }),
  );
}
