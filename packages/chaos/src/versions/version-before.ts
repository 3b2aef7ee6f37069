import { execFile } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '@grantway/local-services';

const run = promisify(execFile);

/** A built clone of what was there before. */
export interface Version {
  /** How messages call it. */
  readonly name: string;
  /** Its top folder. */
  readonly root: string;
  remove(): Promise<void>;
}

/**
 * Builds version N beside this one, N+1: the last commit before the newest migration, or the one asked for. This version on the older
 * schema would be no replacement: an installation is migrated before anything of the next version serves.
 *
 * @throws Error when history does not reach so far, or with what git or the build said
 */
export async function versionBefore(commit: string | undefined, say: (line: string) => void): Promise<Version> {
  const from = commit ?? (await commitBeforeNewestMigration());
  const root = await realpath(await mkdtemp(join(tmpdir(), 'grantway-version-')));
  const atExit = () => rmSync(root, { recursive: true, force: true });
  process.once('exit', atExit);
  const remove = async () => {
    process.off('exit', atExit);
    await rm(root, { recursive: true, force: true });
  };
  try {
    say(`   building ${from} as version N`);
    await unpack(from, root);
    await linkPackages(root);
    await build(root);
    return { name: `N (${from.slice(0, 9)})`, root, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The parent of the commit that brought it; HEAD where it is not committed yet. @throws Error where history is too short */
async function commitBeforeNewestMigration(): Promise<string> {
  const all = await readdir(join(repositoryRoot, 'prisma/migrations'));
  const newest = all
    .filter((name) => /^\d+_/.test(name))
    .sort()
    .at(-1);
  const where = `prisma/migrations/${newest}`;
  const brought = await git('log', '--diff-filter=A', '--format=%H', '-1', '--', where).catch(() => '');
  const before = await git('rev-parse', '--verify', '--quiet', brought === '' ? 'HEAD' : `${brought}^`).catch(() => '');
  if (before !== '') return before;
  throw new Error(`history does not reach before ${newest}: fetch more of it, or name version N with --from COMMIT`);
}

async function git(...args: string[]): Promise<string> {
  return (await run('git', args, { cwd: repositoryRoot })).stdout.trim();
}

async function unpack(commit: string, root: string): Promise<void> {
  const archive = join(root, 'archive.tar');
  await git('archive', `--output=${archive}`, commit);
  await run('tar', ['-xf', archive, '-C', root]);
  await rm(archive);
}

/** What is installed here serves there too, but for its own rooms. */
async function linkPackages(root: string): Promise<void> {
  const [here, there] = [join(repositoryRoot, 'node_modules'), join(root, 'node_modules')];
  await mkdir(join(there, '@grantway'), { recursive: true });
  for (const name of await readdir(here)) {
    if (name !== '@grantway' && !name.startsWith('.grantway')) await symlink(join(here, name), join(there, name));
  }
  for (const room of await roomsOf(root)) {
    if (!room.name.startsWith('@grantway/')) continue;
    await symlink(room.path, join(there, room.name));
    const own = join(repositoryRoot, room.path.slice(root.length), 'node_modules');
    if (existsSync(own)) await symlink(own, join(room.path, 'node_modules'));
  }
}

interface Room {
  readonly name: string;
  readonly path: string;
  readonly needs: readonly string[];
  readonly isBuilt: boolean;
}

async function roomsOf(root: string): Promise<Room[]> {
  const rooms: Room[] = [];
  for (const kind of ['packages', 'apps', 'examples']) {
    for (const name of await readdir(join(root, kind))) {
      const path = join(root, kind, name);
      const text = await readFile(join(path, 'package.json'), 'utf8').catch(() => undefined);
      if (text === undefined) continue;
      const manifest = JSON.parse(text) as { name: string; dependencies?: object; scripts?: Record<string, string> };
      const needs = Object.keys(manifest.dependencies ?? {});
      rooms.push({ name: manifest.name, path, needs, isBuilt: manifest.scripts?.['build'] === 'tsc' });
    }
  }
  return rooms;
}

/** What the services are made of, each after what it needs. */
async function build(root: string): Promise<void> {
  await run(process.execPath, [join(root, 'packages/persistence/scripts/generate.mjs')], { cwd: root });
  const rooms = new Map((await roomsOf(root)).map((room) => [room.name, room]));
  const built = new Set<string>();
  const buildWithNeeds = async (name: string): Promise<void> => {
    const room = rooms.get(name);
    if (!room?.isBuilt || built.has(name)) return;
    built.add(name);
    for (const need of room.needs) await buildWithNeeds(need);
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc')], { cwd: room.path }).catch(
      ({ stdout, message }: { stdout?: string; message: string }) => {
        throw new Error(`${name} could not be built: ${(stdout || message).slice(0, 2_000)}`);
      },
    );
  };
  for (const app of ['gateway', 'authorize', 'token', 'device', 'ciba', 'admin'])
    await buildWithNeeds(`@grantway/${app}`);
}
