import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { repositoryRoot } from '../repository-root.js';

const CONFIG = join(repositoryRoot, 'deploy', 'nats', 'nats.conf');

/** The files a nats-server reads: the main one, and where each lies for a server in a container. */
export interface ServerConfig {
  readonly file: string;
  /** `PATH:PATH IN THE CONTAINER`, the main one first, at `/etc/nats/server.conf`. */
  readonly mounts: readonly string[];
  /** Takes away what was written for this server alone. */
  remove(): Promise<void>;
}

/** Somebody's own file; its folder is where it is for a server in a container too. */
export function givenServerConfig(file: string): ServerConfig {
  const folder = dirname(file);
  return { file, mounts: [`${file}:/etc/nats/server.conf:ro`, `${folder}:${folder}:ro`], remove: async () => {} };
}

/**
 * What every nats-server of Grantway's reads, and the list of users besides, as an operator would include it.
 *
 * @param users a `nats-users.conf`; absent: the server asks nobody who they are
 */
export async function writeServerConfig(users?: string): Promise<ServerConfig> {
  if (users === undefined) {
    return { file: CONFIG, mounts: [`${CONFIG}:/etc/nats/server.conf:ro`], remove: async () => {} };
  }
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'grantway-nats-')));
  const [config, list] = await Promise.all([realpath(CONFIG), realpath(users)]);
  // An include is always taken as relative to the file it stands in, even one that begins with a slash.
  const main = (one: string, other: string) => `include "${one}"\nauthorization { include "${other}" }\n`;
  const file = join(folder, 'server.conf');
  await writeFile(file, main(relative(folder, config), relative(folder, list)));
  const inContainer = join(folder, 'container.conf');
  await writeFile(inContainer, main('nats.conf', 'nats-users.conf'));
  return {
    file,
    mounts: [
      `${inContainer}:/etc/nats/server.conf:ro`,
      `${config}:/etc/nats/nats.conf:ro`,
      `${list}:/etc/nats/nats-users.conf:ro`,
    ],
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
