import type { Command } from './command.js';

export const MIGRATE: Command = {
  name: 'migrate',
  meaning: 'bring the database to this version',
  async run(_argument, env, say) {
    const { findDatabaseUrl } = await import('../installation.js');
    const databaseUrl = await findDatabaseUrl(env);
    const { migrate } = await import('@grantway/persistence');
    const applied = await migrate(databaseUrl, (name) => process.stderr.write(`applying ${name}\n`));
    say(applied.length > 0 ? `applied ${applied.join(', ')}` : 'nothing to apply');
  },
};
