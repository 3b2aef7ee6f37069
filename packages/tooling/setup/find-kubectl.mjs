import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { SetupError } from './say.mjs';

/** Where the setup puts one. */
export const OWN_KUBECTL = resolve(import.meta.dirname, '../../../node_modules/.grantway-tools/kubectl');

/** Of kubectl 1.x: the kustomize in older ones does not know all that deploy/ is written with. */
const OLDEST_MINOR = 27;

/**
 * The kubectl that the tests render deploy/ with: KUBECTL_BIN, else one on the PATH, else the setup's own; undefined when there is
 * none, or all are too old.
 *
 * @throws SetupError when KUBECTL_BIN names something that can't be used
 */
export function findKubectl(env = process.env) {
  if (env.KUBECTL_BIN) {
    if (isUsable(env.KUBECTL_BIN)) return env.KUBECTL_BIN;
    throw new SetupError(`KUBECTL_BIN is ${env.KUBECTL_BIN}, which is no kubectl 1.${OLDEST_MINOR} or later.`);
  }
  const file = process.platform === 'win32' ? 'kubectl.exe' : 'kubectl';
  const onPath = (env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((directory) => join(directory, file));
  return [...onPath, '/usr/local/bin/kubectl', '/opt/homebrew/bin/kubectl', OWN_KUBECTL].find(isUsable);
}

function isUsable(file) {
  try {
    accessSync(file, constants.X_OK);
    if (!statSync(file).isFile()) return false;
  } catch {
    return false;
  }
  const { stdout } = spawnSync(file, ['version', '--client', '--output=json'], { encoding: 'utf8', timeout: 20_000 });
  const [, minor = '0'] = /"gitVersion": *"v1\.(\d+)\./.exec(stdout ?? '') ?? [];
  return Number(minor) >= OLDEST_MINOR;
}
