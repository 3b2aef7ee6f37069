import { randomUUID } from 'node:crypto';
import { copyFile, lstat, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NewGrant } from './create-grant.args.js';
import { BadInput } from './hash.command.js';

const TEMPLATE = fileURLToPath(new URL('../../templates/grant', import.meta.url));
const PACKAGE = fileURLToPath(new URL('../../package.json', import.meta.url));

/** What keeps a repository from reading them here. */
const DOT_FILES: Readonly<Record<string, string>> = { gitignore: '.gitignore', dockerignore: '.dockerignore' };

/**
 * Writes a new grant's folder: all of it, or nothing.
 * @param from the folder that relative paths begin at
 * @returns the folder's path
 * @throws BadInput when the folder exists, or cannot be made
 */
export async function writeGrant(grant: NewGrant, from: string): Promise<string> {
  const folder = resolve(from, grant.folder);
  await requireRoom(folder);
  const packed = await packedSdk(grant.sdk, from);
  const staged = join(dirname(folder), `.${basename(folder).slice(0, 100)}-${randomUUID()}`);
  try {
    await mkdir(staged);
    await fill(staged, grant, packed);
    // Somebody may have made the folder meanwhile: one with something in it stays, one without gives way.
    await rename(staged, folder);
  } catch (error) {
    await rm(staged, { recursive: true, force: true });
    return explain(folder)(error);
  }
  return folder;
}

/** House rule: an empty folder counts as well; nobody has to wonder which files were there before. */
async function requireRoom(folder: string): Promise<void> {
  const [there, parent] = await Promise.all([
    lstat(folder).catch(() => undefined),
    stat(dirname(folder)).catch(() => undefined),
  ]);
  if (there) throw new BadInput(`${folder} exists: name a folder that does not, nothing was written`);
  if (!parent?.isDirectory())
    throw new BadInput(`there is no folder ${dirname(folder)} to make ${basename(folder)} in`);
}

/** The sdk as a file that `npm run pack-sdk` made. It goes along, so that the folder can be moved and put into an image. */
async function packedSdk(sdk: string | undefined, from: string): Promise<string | undefined> {
  if (sdk === undefined || !isFile(sdk)) return undefined;
  const path = resolve(from, sdk.replace(/^file:/, ''));
  const there = await stat(path).catch(() => undefined);
  if (!there?.isFile()) throw new BadInput(`there is no file ${path}: npm run pack-sdk -- FOLDER makes it`);
  return path;
}

/** Else it is what npm takes behind a package's name: a version, an address. */
function isFile(sdk: string): boolean {
  if (/^file:/.test(sdk)) return true;
  return !/^[a-z+]{2,}:/i.test(sdk) && /^\.{0,2}(?:[/\\]|$)|\.tgz$/.test(sdk);
}

async function fill(staged: string, grant: NewGrant, packed: string | undefined): Promise<void> {
  const words: Readonly<Record<string, string>> = {
    __TYPE__: grant.type,
    __slug__: grant.slug,
    __Name__: grant.className,
    __SDK__: inJson(packed === undefined ? (grant.sdk ?? (await ownVersion())) : `file:vendor/${basename(packed)}`),
  };
  const filled = (text: string) => text.replace(/__(?:TYPE|slug|Name|SDK)__/g, (word) => words[word] as string);
  for (const entry of await readdir(TEMPLATE, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const inside = join(entry.parentPath, DOT_FILES[entry.name] ?? entry.name).slice(TEMPLATE.length);
    const target = join(staged, filled(inside));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, filled(await readFile(join(entry.parentPath, entry.name), 'utf8')));
  }
  if (packed === undefined) return;
  await mkdir(join(staged, 'vendor'));
  await copyFile(packed, join(staged, 'vendor', basename(packed)));
}

/** Of all that is filled in, this alone may hold quotes. */
function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** The rooms share one version. */
async function ownVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(PACKAGE, 'utf8')) as { version: string };
  return `^${version}`;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'the file system can only be read',
  ENOENT: 'there can be no folder there',
  ENOSPC: 'the disk is full',
  ENOTEMPTY: 'it exists by now',
  EEXIST: 'it exists by now',
  ENOTDIR: 'a part of the path is no folder',
  ENAMETOOLONG: 'the name is too long',
};

function explain(folder: string): (error: unknown) => never {
  return (error) => {
    const { code = '' } = error as { code?: string };
    const reason = REASONS[code];
    if (reason === undefined) throw error;
    throw new BadInput(`${folder} was not made: ${reason}`);
  };
}
