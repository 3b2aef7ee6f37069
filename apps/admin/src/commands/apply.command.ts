import { Command } from './command.js';

/** Brings the installation to what the files say; nothing is touched unless every file is in order. */
export const APPLY: Command = {
  name: 'apply',
  argument: 'FILE|FOLDER',
  meaning: 'bring environments to what their files say',
  async run(path, env) {
    const { findEnvironmentFiles } = await import('../environment-file/find-files.js');
    const { readEnvironmentFiles } = await import('../environment-file/read-environment-file.js');
    const { findInstallation } = await import('../installation.js');
    const files = await findEnvironmentFiles(path);
    const { CHECKING_HASHER } = await import('./check.command.js');
    // Read once without the installation, so that a faulty file is told before a missing database.
    readEnvironmentFiles(files, env, CHECKING_HASHER);

    const { databaseUrl, masterKey } = await findInstallation(env);
    const { ClientSecretHasher } = await import('@grantway/client-auth');
    const hasher = new ClientSecretHasher(masterKey.derive('client-secret'));
    const configs = readEnvironmentFiles(files, env, hasher);
    const { openInstallation } = await import('../open-installation.js');
    const { summary } = await import('../environment-applier.js');
    const installation = await openInstallation(databaseUrl, masterKey);
    try {
      const lines: string[] = [];
      for (const config of configs) {
        lines.push(summary(config.environment.id, await installation.applier.apply(config)));
      }
      return lines.join('\n');
    } finally {
      await installation.close();
    }
  },
};
