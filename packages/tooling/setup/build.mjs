import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';
import { saying } from './say.mjs';
import { workspaces } from './workspaces.mjs';

const NOT_BUILT = /\.(?:spec|int-spec|e2e-spec)\.tsx?$/;

/** Builds what changed since the last build; looking takes a few dozen milliseconds, turbo's own look a second or two. */
export async function build(root) {
  const stamp = join(root, 'node_modules/.grantway-built');
  const seen = fingerprint(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === seen && everythingIsThere(root)) return;
  rmSync(stamp, { force: true }); // Interrupted from here on, the next start builds again.
  const turbo = join(root, 'node_modules/.bin', process.platform === 'win32' ? 'turbo.cmd' : 'turbo');
  const args = ['run', 'build', '--output-logs=errors-only', '--no-update-notifier'];
  await saying('Building', () => run(turbo, args, { cwd: root, failure: 'The build failed' }));
  writeFileSync(stamp, seen);
}

/** Path, size and time of every file a build reads; those it writes and those only tests read are left out. */
function fingerprint(root) {
  const hash = createHash('sha256');
  const note = (file) => {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file.slice(root.length)} ${size} ${mtimeMs}\n`);
  };
  const walk = (directory) => {
    for (const entry of readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== 'generated') walk(path);
      } else if (!NOT_BUILT.test(entry.name)) note(path);
    }
  };
  for (const file of ['package.json', 'turbo.json', 'tsconfig.base.json']) note(join(root, file));
  for (const room of workspaces(root)) {
    for (const entry of readdirSync(room)) {
      if (entry === 'package.json' || /^tsconfig.*\.json$|^prisma\.config/.test(entry)) note(join(room, entry));
    }
    if (existsSync(join(room, 'src'))) walk(join(room, 'src'));
  }
  if (existsSync(join(root, 'prisma/schema'))) walk(join(root, 'prisma/schema'));
  return hash.digest('hex');
}

/** Whether every room that is built still has its result: somebody may have cleaned up. */
function everythingIsThere(root) {
  return workspaces(root).every((room) => {
    const { scripts = {} } = JSON.parse(readFileSync(join(room, 'package.json'), 'utf8'));
    return !scripts.build || existsSync(join(room, 'dist'));
  });
}
