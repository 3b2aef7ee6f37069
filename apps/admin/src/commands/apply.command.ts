import type { EnvironmentConfig } from '@grantway/domain';
import type { EnvironmentFileText } from '../environment-file/read-environment-file.js';
import type { Installation } from '../installation.js';
import type { Command } from './command.js';

/** Nothing is touched unless every file is in order. */
export const APPLY: Command = {
  name: 'apply',
  argument: 'FILE|FOLDER',
  meaning: 'bring environments to what their files say',
  async run(path, given, say) {
    const { findEnvironmentFiles } = await import('../environment-file/find-files.js');
    const { readEnvironmentFiles } = await import('../environment-file/read-environment-file.js');
    const { CHECKING_KEEPER } = await import('./check.command.js');
    const { findInstallation, withItsPublicUrl } = await import('../installation.js');
    const env = await withItsPublicUrl(given);
    const files = await findEnvironmentFiles(path);
    // Read once without the installation's key, so that a faulty file is told before a missing database.
    readEnvironmentFiles(files, env, CHECKING_KEEPER);
    const installation = await findInstallation(env);
    const { administratorOf } = await import('./administrator.js');
    await applyAll(await readWithKey(files, env, installation), installation, administratorOf(env), say);
  },
};

async function readWithKey(
  files: readonly EnvironmentFileText[],
  env: NodeJS.ProcessEnv,
  { masterKey }: Installation,
): Promise<EnvironmentConfig[]> {
  const { readEnvironmentFiles } = await import('../environment-file/read-environment-file.js');
  const { keeperOf } = await import('../secret-keeper.js');
  return readEnvironmentFiles(files, env, keeperOf(masterKey));
}

async function applyAll(
  configs: readonly EnvironmentConfig[],
  installation: Installation,
  administrator: string,
  say: (line: string) => void,
): Promise<void> {
  const { openInstallation } = await import('../open-installation.js');
  const { summary } = await import('../environment-applier.js');
  const { applier, close } = await openInstallation(installation);
  try {
    for (const config of configs) await applier.requireItsKey(config);
    for (const config of configs) say(summary(config.environment.id, await applier.apply(config, administrator)));
  } finally {
    await close();
  }
}
