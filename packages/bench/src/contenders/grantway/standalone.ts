import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, ManagedProcess, repositoryRoot } from '@grantway/local-services';
import type { Contender, Running } from '../contender.js';
import { makePasswordsCheap } from './cheap-passwords.js';
import { environmentFile } from './environment.js';
import { grantwayTarget } from './target.js';

/** `npm start`: every service in one process, and the PostgreSQL it brings along. */
export const grantwayStandalone: Contender = {
  name: 'grantway-standalone',
  without: [],
  start: () => startStandalone(),
};

/** @param environment an environment file's text; absent: the installation that all contenders have */
export async function startStandalone(environment = environmentFile()): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'grantway-bench-'));
  const data = join(folder, 'data');
  const file = join(folder, 'bench.yaml');
  await writeFile(file, environment);
  const port = await freePort();
  const publicUrl = `http://localhost:${port}`;
  const target = grantwayTarget(publicUrl);
  const server = new ManagedProcess({
    name: 'standalone',
    script: join(repositoryRoot, 'apps/standalone/dist/main.js'),
    readyUrl: target.jwks,
    env: {
      ...{ PORT: String(port), PUBLIC_URL: publicUrl, TRUSTED_PROXY_HOPS: '1', NODE_ENV: 'production' },
      ...{ GRANTWAY_DATA: data, GRANTWAY_ENVIRONMENTS: file },
      DATABASE_URL: undefined,
    },
  });
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await server.start();
    const databaseUrl = (await readFile(join(data, 'database.url'), 'utf8')).trim();
    await makePasswordsCheap(databaseUrl);
    return {
      ...{ target, databaseUrl },
      processes: () => [{ name: 'standalone', pid: server.pid ?? 0 }],
      pause: async () => void (await server.stop()),
      resume: async () => void (await server.start()),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
