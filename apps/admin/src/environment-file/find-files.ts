import { isUtf8 } from 'node:buffer';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EnvironmentFileText } from './read-environment-file.js';

/** A path that holds no environment file; the message is complete. */
export class NoEnvironmentFile extends Error {
  override readonly name = 'NoEnvironmentFile';
}

/** Far above any real file; a log that was given by mistake is refused before it is parsed. */
const LARGEST = 8_000_000;

/**
 * The file, or every `.yaml` and `.yml` of the folder in the order of their names.
 *
 * @throws NoEnvironmentFile
 */
export async function findEnvironmentFiles(path: string): Promise<EnvironmentFileText[]> {
  try {
    const files = (await stat(path)).isDirectory() ? await inFolder(path) : [path];
    if (files.length === 0) throw new NoEnvironmentFile(`${path} holds no .yaml or .yml file`);
    return await Promise.all(files.map(readText));
  } catch (error) {
    if (error instanceof NoEnvironmentFile) throw error;
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
    throw new NoEnvironmentFile(
      code === 'ENOENT' ? `there is no file or folder ${path}` : `${path} cannot be read (${code})`,
    );
  }
}

/** A mounted ConfigMap keeps its versions in names that begin with a dot. */
async function inFolder(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  const files = names.filter((name) => /^[^.].*\.ya?ml$/.test(name));
  return files.sort().map((name) => join(folder, name));
}

async function readText(file: string): Promise<EnvironmentFileText> {
  const { size } = await stat(file);
  if (size > LARGEST) throw new NoEnvironmentFile(`${file} is larger than ${LARGEST / 1_000_000} MB`);
  const bytes = await readFile(file);
  if (!isUtf8(bytes)) throw new NoEnvironmentFile(`${file} is not UTF-8 text`);
  return { file, text: bytes.toString('utf8') };
}
