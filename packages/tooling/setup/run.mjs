import { spawn, spawnSync } from 'node:child_process';
import { SetupError } from './say.mjs';

/** Variables every tool we call gets: no telemetry, no look for newer versions, no engine download by Prisma. */
export const quietTools = {
  ...{ TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', TURBO_NO_UPDATE_NOTIFIER: '1', NO_UPDATE_NOTIFIER: '1' },
  // Prisma looks only whether the file exists; `prisma generate` never runs it.
  ...{ CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1', PRISMA_SCHEMA_ENGINE_BINARY: process.execPath },
};

/**
 * Runs a command and keeps what it prints for the case that it fails.
 *
 * @throws SetupError with `failure` as its message
 */
export async function run(command, args, { failure, cwd, env = {} }) {
  const output = [];
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...quietTools, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  await new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new SetupError(`${failure}: ${error.message}`)));
    child.once('close', (code, signal) => {
      if (code === 0) return resolve();
      reject(new SetupError(`${failure} (${signal ?? `exit code ${code}`})`, Buffer.concat(output).toString()));
    });
  });
}

/** Whether a command exists and succeeds. */
export function succeeds(command, args = []) {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 20_000 }).status === 0;
}
