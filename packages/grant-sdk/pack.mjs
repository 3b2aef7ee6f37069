import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

// Packs the sdk for teams: `npm run -s pack-sdk -- FOLDER` prints the path of one file that npm installs alone. The rooms it is
// made of travel inside it, so that a team's registry has to know none of them; everything else comes from npm.

const packages = resolve(import.meta.dirname, '..');
const SCOPE = '@grantway/';

const [folder, ...more] = process.argv.slice(2);
if (folder === undefined || more.length > 0) {
  console.error('npm run -s pack-sdk -- FOLDER');
  process.exit(2);
}
try {
  console.log(await pack(resolve(process.env.INIT_CWD ?? '.', folder)));
} catch (error) {
  console.error(`the sdk was not packed: ${error.stderr || error.message}`);
  process.exitCode = 1;
}

async function pack(destination) {
  await mkdir(destination, { recursive: true });
  const stage = await mkdtemp(join(tmpdir(), 'grantway-sdk-'));
  try {
    const sdk = await manifestOf('grant-sdk');
    const { engines } = await readJson(join(packages, '../package.json'));
    const rooms = await roomsOf(sdk);
    await copyBuilt('grant-sdk', stage);
    for (const { name } of rooms) await copyBuilt(roomNamed(name), join(stage, 'node_modules', name));
    await write(join(stage, 'package.json'), published(sdk, engines, rooms));
    for (const room of rooms) await write(join(stage, 'node_modules', room.name, 'package.json'), bundled(room));
    await cp(join(packages, 'grant-sdk/README.md'), join(stage, 'README.md'));
    // The README links to them.
    await cp(join(packages, 'grant-sdk/adr'), join(stage, 'adr'), { recursive: true });
    const { stdout } = await promisify(execFile)('npm', ['pack', '--json', '--pack-destination', destination], {
      cwd: stage,
      // Our own npm, if it runs us, leaves word in variables of which folder it works for.
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(?!config_)/i.test(name))),
    });
    return join(destination, fileIn(JSON.parse(stdout)));
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** npm says it as a list, and from version 12 on as an object by package. */
function fileIn(packed) {
  return Object.values(packed)[0].filename;
}

/** The rooms it needs, and those they need. */
async function roomsOf(manifest, found = new Map()) {
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    if (!name.startsWith(SCOPE) || found.has(name)) continue;
    const room = await manifestOf(roomNamed(name));
    found.set(name, room);
    await roomsOf(room, found);
  }
  return [...found.values()];
}

function published({ name, version, type, exports, dependencies }, engines, rooms) {
  return {
    ...{ name, version, type, exports, engines },
    description: 'What a grant of Grantway is written with, served with and proven with',
    dependencies: {
      ...Object.fromEntries(rooms.map((room) => [room.name, room.version])),
      // One list for all that travel together: npm need not look into the bundle to know what it needs.
      ...[{ dependencies }, ...rooms].reduce((all, room) => merged(all, fromNpm(room.dependencies)), {}),
    },
    bundleDependencies: rooms.map((room) => room.name),
  };
}

function bundled({ name, version, type, exports }) {
  return { name, version, type, exports };
}

/** @throws Error where two rooms want different versions, of which a team could have one */
function merged(one, other) {
  const name = Object.keys(other).find((each) => each in one && one[each] !== other[each]);
  if (name !== undefined) throw new Error(`rooms differ about ${name}: ${one[name]}, ${other[name]}`);
  return { ...one, ...other };
}

function fromNpm(dependencies = {}) {
  return Object.fromEntries(Object.entries(dependencies).filter(([name]) => !name.startsWith(SCOPE)));
}

/** What was built, without maps to sources that do not travel. */
async function copyBuilt(room, to) {
  const dist = join(packages, room, 'dist');
  const files = await readdir(dist, { recursive: true }).catch(() => []);
  const built = files.filter((file) => /\.(?:js|d\.ts)$/.test(file));
  if (!built.includes('index.js')) throw new Error(`packages/${room} is not built; npm run build`);
  for (const file of built) {
    const text = await readFile(join(dist, file), 'utf8');
    const target = join(to, 'dist', file);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text.replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '\n'));
  }
}

function manifestOf(room) {
  return readJson(join(packages, room, 'package.json'));
}

function roomNamed(name) {
  return name.slice(SCOPE.length);
}

async function readJson(path) {
  return JSON.parse(await readFile(path, 'utf8'));
}

function write(path, value) {
  return writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}
