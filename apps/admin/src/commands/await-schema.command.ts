import type { Command } from './command.js';

const STANDARD_SECONDS = 300;
const LOOK_EVERY_MS = 1_000;

/** For whoever starts a process: it begins when somebody else's `migrate` is done, so no new pod serves before that. */
export const AWAIT_SCHEMA: Command = {
  name: 'await-schema',
  argument: '[SECONDS]',
  meaning: 'wait until the database is at this version; changes nothing',
  details: [`SECONDS   how long to wait; ${STANDARD_SECONDS} unless said`],
  many: true,
  async run(_argument, env, say, args = []) {
    const seconds = await secondsOf(args);
    const { findDatabaseUrl } = await import('../installation.js');
    const databaseUrl = await findDatabaseUrl(env);
    const deadline = Date.now() + seconds * 1000;
    const { setTimeout: sleep } = await import('node:timers/promises');
    for (let told = ''; ; ) {
      const why = await whatIsMissing(databaseUrl);
      if (why === undefined) return say('the database is at this version');
      if (why !== told) process.stderr.write(`waiting: ${why}\n`);
      told = why;
      if (Date.now() >= deadline) {
        const { NoInstallation } = await import('../installation.js');
        throw new NoInstallation(`Not after ${seconds} s: ${why}`);
      }
      await sleep(Math.min(LOOK_EVERY_MS, Math.max(deadline - Date.now(), 1)));
    }
  },
};

async function secondsOf(args: readonly string[]): Promise<number> {
  const [text = String(STANDARD_SECONDS), ...more] = args;
  if (more.length === 0 && /^\d{1,5}$/.test(text)) return Number(text);
  const { WrongCall } = await import('./service-account.args.js');
  throw new WrongCall(`npm run grantway -- ${AWAIT_SCHEMA.name} ${AWAIT_SCHEMA.argument}`);
}

/** @returns undefined when nothing is @throws MigrationError, which waiting would not mend */
async function whatIsMissing(databaseUrl: string): Promise<string | undefined> {
  const { missingMigrations } = await import('@grantway/persistence');
  try {
    const missing = await missingMigrations(databaseUrl);
    return missing.length > 0 ? `the database lacks ${missing.join(', ')}` : undefined;
  } catch (error) {
    if ((error as Error).name === 'MigrationError') throw error;
    const { failureOf } = await import('./exit.js');
    return failureOf(error).message;
  }
}
