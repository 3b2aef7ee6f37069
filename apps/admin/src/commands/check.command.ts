import type { EnvironmentConfig } from '@grantway/domain';
import type { SecretHasher } from '../environment-file/to-config.js';
import type { Command } from './command.js';

/** For reading a file to see what is wrong with it; what it hashes is thrown away. */
export const CHECKING_HASHER: SecretHasher = { hash: () => '', wrapSha256: () => '' };

export const CHECK: Command = {
  name: 'check',
  argument: 'FILE|FOLDER',
  meaning: 'say what is wrong with environment files; needs no database',
  async run(path, env, say) {
    const { findEnvironmentFiles } = await import('../environment-file/find-files.js');
    const { readEnvironmentFiles } = await import('../environment-file/read-environment-file.js');
    const configs = readEnvironmentFiles(await findEnvironmentFiles(path), env, CHECKING_HASHER);
    for (const config of configs) say(inventory(config));
  },
};

function inventory({ environment, resources, clients, users }: EnvironmentConfig): string {
  const counts = [count(resources, 'resource'), count(clients, 'client'), count(users, 'user')];
  return `${environment.id}: in order, ${counts.join(', ')}`;
}

function count({ length }: readonly unknown[], what: string): string {
  return `${length} ${what}${length === 1 ? '' : 's'}`;
}
