import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The texts of all files below some folders whose path fits; what was built or installed is not looked at. */
export async function readDirectoryTexts(folders: readonly string[], wanted: RegExp): Promise<string[]> {
  const found = await Promise.all(folders.map((folder) => below(folder, wanted)));
  return found.flat();
}

async function below(folder: string, wanted: RegExp): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const texts = entries.map((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : below(path, wanted);
    return wanted.test(path) ? readFile(path, 'utf8').then((text) => [text]) : [];
  });
  return (await Promise.all(texts)).flat();
}

const SKIPPED = new Set(['node_modules', 'dist', 'generated']);
