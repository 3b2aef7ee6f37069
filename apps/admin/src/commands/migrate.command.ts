import { Command } from './command.js';

export const MIGRATE: Command = {
  name: 'migrate',
  meaning: 'bring the database to this version',
  async run(_argument, env) {
    const { findDatabaseUrl } = await import('../installation.js');
    const { migrate } = await import('@grantway/persistence');
    const applied = await migrate(await findDatabaseUrl(env));
    return applied.length > 0 ? `applied ${applied.join(', ')}` : 'nothing to apply';
  },
};
