import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EnvironmentFileText } from './read-environment-file.js';

/** A path that holds no environment file; the message is complete. */
export class NoEnvironmentFile extends Error {
  override readonly name = 'NoEnvironmentFile';
}

/** An environment file larger than this is a mistake. */
const LARGEST = 20_000_000;

/**
 * The file, or every `.yaml` and `.yml` of the folder in the order of their names.
 *
 * @throws NoEnvironmentFile
 */
export async function findEnvironmentFiles(path: string): Promise<EnvironmentFileText[]> {
  try {
    const found = await stat(path);
    const files = found.isDirectory() ? await inFolder(path) : [path];
    if (files.length === 0) throw new NoEnvironmentFile(`${path} holds no .yaml or .yml file`);
    return await Promise.all(files.map(readText));
  } catch (error) {
    if (error instanceof NoEnvironmentFile) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new NoEnvironmentFile(code === 'ENOENT' ? `there is no file or folder ${path}` : `${path} cannot be read: ${message}`);
  }
}

async function inFolder(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => /\.ya?ml$/.test(name)).sort().map((name) => join(folder, name));
}

async function readText(file: string): Promise<EnvironmentFileText> {
  const bytes = await readFile(file);
  if (bytes.length > LARGEST) throw new NoEnvironmentFile(`${file} is larger than ${LARGEST / 1_000_000} MB`);
  try {
    return { file, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    throw new NoEnvironmentFile(`${file} is not UTF-8 text`);
  }
}
