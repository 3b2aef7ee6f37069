import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalServiceError, startEmbeddedPostgres, startNats } from '@grantway/local-services';
import { findBrowser } from './find-browser.mjs';
import { findKubectl } from './find-kubectl.mjs';
import { findPostgresPrograms } from './find-postgres-programs.mjs';
import { residentBrowser } from './resident-browser.mjs';

// Runs the whole test stack once: a PostgreSQL and a nats-server for all, jest, and then nothing is left behind.
// Arguments go to jest: `npm test -- --selectProjects unit`.

const root = resolve(import.meta.dirname, '../../..');
const cleanups = [];
let jest;
let interrupted = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    signalJest(interrupted ? 'SIGKILL' : signal);
    interrupted = true;
  });
}

process.exitCode = await main().catch((error) => {
  console.error(error instanceof LocalServiceError ? error.message : error);
  return 1;
});

async function main() {
  try {
    const home = await mkdtemp(join(tmpdir(), 'grantway-test-'));
    cleanups.push(() => rm(home, { recursive: true, force: true }));
    const services = await sharedServices(home);
    const GRANTWAY_TEST_ADMIN_URL = await residentAdmin();
    const browser = await residentBrowser(findBrowser());
    cleanups.push(() => browser.stop());
    const env = {
      ...services,
      GRANTWAY_TEST_ADMIN_URL,
      GRANTWAY_TEST_DIR: home,
      GRANTWAY_TEST_BROWSER_URL: browser.url,
      GRANTWAY_TEST_KUBECTL: findKubectl() ?? '',
      GRANTWAY_TEST_POSTGRES_BIN: findPostgresPrograms() ?? '',
      ...nodeOptions(),
    };
    return interrupted ? 130 : await runJest(env);
  } finally {
    await endJestGroup();
    for (const cleanup of cleanups.reverse()) await cleanup().catch((error) => console.error(error));
  }
}

async function sharedServices(home) {
  const postgres = await startEmbeddedPostgres({
    dataDir: join(home, 'postgres'),
    databases: [],
    extraSettings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' },
  });
  cleanups.push(() => postgres.stop());
  const given = process.env.GRANTWAY_TEST_NATS_URL;
  const nats = given ? undefined : await startNats();
  if (nats) cleanups.push(() => nats.stop());
  return { GRANTWAY_TEST_DATABASE_URL: postgres.url('postgres'), GRANTWAY_TEST_NATS_URL: given ?? nats.url };
}

/** A process that runs the operator's commands for the specs; it ends when it is let go. @returns its address */
async function residentAdmin() {
  const admin = fork(join(import.meta.dirname, 'resident-admin.mjs'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  cleanups.push(async () => admin.connected && admin.disconnect());
  const [url] = await Promise.race([
    once(admin, 'message'),
    once(admin, 'exit').then(([code]) => Promise.reject(new Error(`the commands did not start (exit code ${code})`))),
  ]);
  return url;
}

/** Jest runs native ES modules only behind a flag of Node's. */
function nodeOptions() {
  const flags = [process.env.NODE_OPTIONS, '--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  return { NODE_OPTIONS: flags.filter(Boolean).join(' ') };
}

async function runJest(env) {
  const script = join(root, 'node_modules/jest/bin/jest.js');
  const config = join(root, 'packages/tooling/jest/jest.config.mjs');
  jest = spawn(process.execPath, [script, '--config', config, ...process.argv.slice(2)], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'test', ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
    // A group of its own: jest, its workers and the servers of its global setups can then be ended together, whatever
    // state they are in. Jest itself leaves its servers behind when it is interrupted.
    detached: true,
  });
  const [code] = await once(jest, 'exit');
  return interrupted ? 130 : (code ?? 1);
}

/** Ends what jest left in its group: nothing after a normal run, the servers after an interrupted one. */
async function endJestGroup() {
  if (!jest) return;
  const patience = Date.now() + 10_000;
  for (let signal = 'SIGTERM'; signalJest(signal); signal = Date.now() > patience ? 'SIGKILL' : 0) await sleep(50);
}

/** Signals jest's whole group; 0 only asks. Answers whether anybody is there. */
function signalJest(signal) {
  if (!jest?.pid) return false;
  try {
    return process.kill(-jest.pid, signal);
  } catch {
    return false;
  }
}
