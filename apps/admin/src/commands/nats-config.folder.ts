import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createNkey, publicKeyOf } from '@grantway/platform';
import { BadInput } from './hash.command.js';
import { type AdmittedUser, renderServerFile } from './nats-config.server-file.js';
import type { BusUser } from './nats-config.users.js';

export const USERS_FILE = 'nats-users.conf';
export const seedFileOf = (name: string) => `${name}.nk`;

/** What a run made of the folder. */
export interface KeptFolder {
  readonly users: readonly { readonly name: string; readonly isNew: boolean }[];
  /** Seeds from earlier runs whose owners are not admitted any more, by their owners' names. */
  readonly withdrawn: readonly string[];
}

/**
 * Brings a folder up to date: a seed for each user, each in a file of its own that its owner alone can read, and the server's
 * list of users. Seeds that are there stay as they are. Each file appears whole or not at all, the list last.
 *
 * @throws BadInput when a file there is no seed, or the folder cannot be made or written
 */
export async function keepFolder(folder: string, users: readonly BusUser[]): Promise<KeptFolder> {
  const isNew = await told(folder, makeFolder(folder));
  try {
    const seeds = await Promise.all(users.map(({ name }) => seedOf(folder, name)));
    requireDifferent(users, seeds);
    const admitted = users.map((user, at): AdmittedUser => ({ ...user, publicKey: seeds[at]?.publicKey ?? '' }));
    const fresh = seeds.flatMap(({ seed }, at) => (seed ? [{ name: users[at]?.name ?? '', seed }] : []));
    await write(folder, fresh, renderServerFile(admitted));
    const made = new Set(fresh.map(({ name }) => name));
    return {
      users: users.map(({ name }) => ({ name, isNew: made.has(name) })),
      withdrawn: await withdrawnOf(folder, users),
    };
  } catch (error) {
    if (isNew) await rmdir(folder).catch(() => {});
    throw error;
  }
}

/** A copy of somebody's seed is somebody else's identity, and the server takes no list that names one twice. */
function requireDifferent(users: readonly BusUser[], seeds: readonly { readonly publicKey: string }[]): void {
  const owners = new Map<string, string>();
  for (const [at, { publicKey }] of seeds.entries()) {
    const name = users[at]?.name ?? '';
    const other = owners.get(publicKey);
    if (other !== undefined) {
      const files = `${seedFileOf(other)} and ${seedFileOf(name)}`;
      throw new BadInput(`${files} hold the same seed: delete the one that is a copy; nothing was written`);
    }
    owners.set(publicKey, name);
  }
}

/**
 * One level, as a slip of the finger is no tree of folders; and a recursive mkdir never ends where the kernel makes none (/proc).
 * @returns whether it was not there
 */
async function makeFolder(folder: string): Promise<boolean> {
  const parent = await stat(dirname(folder)).catch(() => undefined);
  if (!parent?.isDirectory()) {
    throw new BadInput(`there is no folder ${dirname(folder)} to make ${basename(folder)} in: nothing was written`);
  }
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

interface Fresh {
  readonly name: string;
  readonly seed: string;
}

/** The seed there is, of which only the public key is told, or a new one. */
async function seedOf(folder: string, name: string): Promise<{ readonly publicKey: string; readonly seed?: string }> {
  const file = join(folder, seedFileOf(name));
  const text = await told(
    folder,
    readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    }),
  );
  if (text === undefined) return createNkey();
  const publicKey = publicKeyOf(text.trim());
  if (publicKey === undefined) throw new BadInput(`${file} holds no nkey seed: move it away, and a new one is made`);
  return { publicKey };
}

/** Everything is written beside its place first; seeds come into their places before the list that counts on them. */
async function write(folder: string, seeds: readonly Fresh[], list: string): Promise<void> {
  const drafts = join(folder, `.draft-${randomBytes(6).toString('hex')}`);
  try {
    await told(folder, draft(drafts, seeds, list));
    await told(folder, place(drafts, folder, seeds), 'the list is as it was, seeds that were made stay');
  } finally {
    await rm(drafts, { recursive: true, force: true }).catch(() => {});
  }
}

async function draft(drafts: string, seeds: readonly Fresh[], list: string): Promise<void> {
  await mkdir(drafts, { mode: 0o700 });
  for (const { name, seed } of seeds) {
    await writeFile(join(drafts, seedFileOf(name)), `${seed}\n`, { mode: 0o600, flag: 'wx' });
  }
  await writeFile(join(drafts, USERS_FILE), list, { mode: 0o644, flag: 'wx' });
}

async function place(drafts: string, folder: string, seeds: readonly Fresh[]): Promise<void> {
  // link() refuses a name that is taken: another run at the same time does not lose its seed to ours.
  for (const { name } of seeds) await link(join(drafts, seedFileOf(name)), join(folder, seedFileOf(name)));
  await rename(join(drafts, USERS_FILE), join(folder, USERS_FILE));
}

async function withdrawnOf(folder: string, users: readonly BusUser[]): Promise<string[]> {
  const named = new Set(users.map(({ name }) => seedFileOf(name)));
  const seeds = (await readdir(folder)).filter((file) => file.endsWith('.nk') && !named.has(file));
  return seeds.map((file) => file.slice(0, -'.nk'.length)).sort();
}

async function told<T>(folder: string, work: Promise<T>, outcome = 'nothing was written'): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (typeof code !== 'string') throw error;
    const taken = code === 'EEXIST' || code === 'ENOTDIR';
    const why = taken ? 'is no folder, or another run is writing to it' : `cannot be read or written (${code})`;
    throw new BadInput(`${folder} ${why}: ${outcome}`);
  }
}
