import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { LocalServiceError } from '../local-service-error.js';

// Where packages put servers although a person's PATH seldom has them.
const SERVER_DIRECTORIES = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

/**
 * The nats-server executable: NATS_SERVER_BIN, else the PATH, else the usual places; undefined when there is none.
 *
 * @throws LocalServiceError when NATS_SERVER_BIN names something that can't be run
 */
export function findNatsServer(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env['NATS_SERVER_BIN'];
  if (named) {
    if (isExecutable(named)) return named;
    throw new LocalServiceError(`NATS_SERVER_BIN is ${named}, which can't be run.`);
  }
  const file = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';
  const directories = [...(env['PATH'] ?? '').split(delimiter).filter(Boolean), ...SERVER_DIRECTORIES];
  return directories.map((directory) => join(directory, file)).find(isExecutable);
}

/** Whether a Docker engine answers; a client alone is not enough. */
export function dockerEngineAnswers(): boolean {
  const { status, stdout } = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  return status === 0 && stdout.trim() !== '';
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
