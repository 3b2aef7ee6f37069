import type { EnvironmentConfig } from '@grantway/domain';
import type { SecretKeeper } from '../environment-file/to-config.js';
import type { Command } from './command.js';

/** For reading a file to see what is wrong with it; what it makes of secrets is thrown away. */
export const CHECKING_KEEPER: SecretKeeper = { hash: () => '', wrapSha256: () => '', seal: () => '' };

export const CHECK: Command = {
  name: 'check',
  argument: 'FILE|FOLDER',
  meaning: 'say what is wrong with environment files; needs no database',
  async run(path, env, say) {
    const { findEnvironmentFiles } = await import('../environment-file/find-files.js');
    const { readEnvironmentFiles } = await import('../environment-file/read-environment-file.js');
    const configs = readEnvironmentFiles(await findEnvironmentFiles(path), env, CHECKING_KEEPER);
    for (const config of configs) say(inventory(config));
  },
};

function inventory({ environment, resources, clients, users, serviceAccounts }: EnvironmentConfig): string {
  const counts = [count(resources, 'resource'), count(clients, 'client'), count(users, 'user')];
  if (serviceAccounts.length > 0) counts.push(count(serviceAccounts, 'service account'));
  return `${environment.id}: in order, ${counts.join(', ')}`;
}

function count({ length }: readonly unknown[], what: string): string {
  return `${length} ${what}${length === 1 ? '' : 's'}`;
}
