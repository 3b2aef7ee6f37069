import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';
import { saying } from './say.mjs';
import { workspaces } from './workspaces.mjs';

/** Installs the dependencies unless node_modules already is what the lock file says. */
export async function install(root) {
  const stamp = join(root, 'node_modules/.grantway-installed');
  const wanted = fingerprint(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  if (!isInstalledByHand(root)) {
    const isFirst = !existsSync(join(root, 'node_modules/.package-lock.json'));
    rmSync(stamp, { force: true }); // Interrupted from here on, the next start installs again.
    await saying(isFirst ? 'Installing dependencies (first start only)' : 'Installing changed dependencies', () =>
      npmInstall(root),
    );
  }
  writeFileSync(stamp, fingerprint(root));
}

async function npmInstall(root) {
  if (!existsSync(join(root, 'package-lock.json'))) return npmInstallAnew(root, []);
  try {
    await npm(root, ['ci']);
  } catch (error) {
    // The lock file misses something, such as the binaries of this platform when it was written on another: then the
    // exact versions it does name, and the rest resolved anew. The file itself stays as it is.
    if (!/code EUSAGE/.test(error.output ?? '')) throw error;
    await npmInstallAnew(root, ['--no-save']);
  }
}

/** Unlike `npm ci`, `npm install` believes what it finds, half-unpacked packages of an interrupted run included. */
async function npmInstallAnew(root, options) {
  rmSync(join(root, 'node_modules'), { recursive: true, force: true });
  await npm(root, ['install', ...options]);
}

async function npm(root, verb) {
  const npmCli = /npm-cli\.js$/.test(process.env.npm_execpath ?? '')
    ? [process.execPath, process.env.npm_execpath]
    : [];
  const [command, ...first] = npmCli.length ? npmCli : [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
  // NODE_ENV=production would leave out what builds and tests.
  const always = ['--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  await run(command, [...first, ...verb, ...always], { cwd: root, failure: `npm ${verb[0]} failed` });
}

/** The lock file where there is one, else every manifest; another Node or machine needs other binaries. */
function fingerprint(root) {
  const lock = join(root, 'package-lock.json');
  const files = existsSync(lock)
    ? [lock]
    : [root, ...workspaces(root)].map((directory) => join(directory, 'package.json'));
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex');
}

/** Whether a person's own `npm install` or `npm ci` already put in place exactly what the lock file lists. */
function isInstalledByHand(root) {
  try {
    const packages = (file) => JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
    const wanted = packages('package-lock.json');
    // npm writes this file last, so an interrupted installation has an old one or none.
    const present = packages('node_modules/.package-lock.json');
    const isInPlace = ([path, entry]) => {
      if (path === '') return true;
      if (path in present) return isSamePackage(entry, present[path]);
      return entry.optional || !path.includes('node_modules'); // For another platform, or a workspace itself.
    };
    return Object.entries(wanted).every(isInPlace) && Object.keys(present).every((path) => path in wanted);
  } catch {
    return false;
  }
}

function isSamePackage(one, other) {
  return one.version === other.version && one.integrity === other.integrity && one.resolved === other.resolved;
}
