import { copyFileSync, linkSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { SetupError } from '../setup/say.mjs';
import { productionClosure } from './production-closure.mjs';

/** Never read by a running process. Licences stay. */
const DEAD_FILE = /(?:\.(?:ts|mts|cts|tsx|map|md|markdown|flow|tsbuildinfo)|^\.[^/]*)$/i;
/** At the top of a package of others, as its author's own tools need it. */
const DEAD_FOLDER = new Set([
  ...['test', 'tests', '__tests__', 'docs', 'doc', 'example', 'examples'],
  ...['bench', 'benchmark', 'benchmarks', 'coverage', 'scripts', 'typings'],
]);
/** 70 MB of query compilers, of which one is asked for: PostgreSQL's. Paths below the package. */
const DEAD_PARTS = {
  '@prisma/client':
    /^(?:generator-build\/|runtime\/(?!client\.|query_compiler_fast_bg\.postgresql\.(?:wasm-base64\.)?mjs$))/,
};

/** What a room of ours has at run time beside its dist; paths below the repository. */
const BESIDE = { admin: ['prisma/migrations'] };
/** Where an app begins, if not in dist/main.js. */
const ENTRIES = { admin: 'dist/cli.js' };

/**
 * Writes what one app needs in production into a folder of its own: its rooms, compiled, and the packages they use, in the places they have
 * in the repository; `main.js` at the top starts it. Files are hard links where the folder is on the same disk, else copies.
 *
 * @param root the repository, installed and built
 * @param out a folder that does not exist, or is empty
 * @returns what is in it, as paths below both folders
 * @throws SetupError when something is not installed or not built, or out has something in it
 */
export function writeProductionTree(root, app, out) {
  const { rooms, packages } = productionClosure(root, app);
  mkdirSync(out, { recursive: true });
  if (readdirSync(out).length > 0) throw new SetupError(`${out} is not empty.`);
  for (const room of rooms) {
    mkdirSync(join(out, room), { recursive: true });
    place(root, out, join(room, 'package.json'));
    if (placeAll(root, out, join(room, 'dist'), isAlive) === 0)
      throw new SetupError(`${room} is not built: npm run build`);
    // As npm links workspaces; relative, so that the folder can be moved.
    const link = join(out, 'node_modules/@grantway', basename(room));
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(relative(dirname(link), join(out, room)), link);
  }
  for (const home of packages) placeAll(root, out, home, aliveIn(home));
  for (const more of BESIDE[app] ?? []) placeAll(root, out, more, () => true);
  const entry = `./apps/${app}/${ENTRIES[app] ?? 'dist/main.js'}`;
  writeFileSync(join(out, 'package.json'), `${JSON.stringify({ name: app, private: true, type: 'module' })}\n`);
  writeFileSync(join(out, 'main.js'), `import '${entry}';\n`);
  return { rooms, packages };
}

const isAlive = (path) => !DEAD_FILE.test(basename(path));

function aliveIn(home) {
  const name = home.split('node_modules/').at(-1);
  return (path) => {
    const below = relative(home, path).split(sep).join('/');
    const [first = ''] = below.split('/');
    return isAlive(path) && !DEAD_FOLDER.has(first) && !DEAD_PARTS[name]?.test(below);
  };
}

/** Everything below a folder but other packages, which come by themselves. @returns how many files */
function placeAll(root, out, folder, isWanted) {
  let count = 0;
  const files = [];
  for (const entry of entriesOf(join(root, folder))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && isWanted(`${path}/`)) count += placeAll(root, out, path, isWanted);
    } else if (entry.isFile() && isWanted(path)) {
      files.push(path);
    }
  }
  if (files.length > 0) mkdirSync(join(out, folder), { recursive: true });
  for (const path of files) place(root, out, path);
  return count + files.length;
}

function entriesOf(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

function place(root, out, path) {
  const target = join(out, path);
  try {
    linkSync(join(root, path), target);
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes(error.code)) throw error;
    copyFileSync(join(root, path), target);
  }
}
