import { SecretHasher } from '../environment-file/to-config.js';
import { Command } from './command.js';

/** For reading a file to see what is wrong with it; what it hashes is thrown away. */
export const CHECKING_HASHER: SecretHasher = { hash: () => '', wrapSha256: () => '' };

export const CHECK: Command = {
  name: 'check',
  argument: 'FILE|FOLDER',
  meaning: 'say what is wrong with environment files; needs no database',
  async run(path, env) {
    const { findEnvironmentFiles } = await import('../environment-file/find-files.js');
    const { readEnvironmentFiles } = await import('../environment-file/read-environment-file.js');
    const configs = readEnvironmentFiles(await findEnvironmentFiles(path), env, CHECKING_HASHER);
    return configs.map(({ environment }) => `${environment.id}: in order`).join('\n');
  },
};
