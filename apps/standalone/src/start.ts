import { join } from 'node:path';
import { CHECKING_KEEPER, findEnvironmentFiles, keeperOf, readEnvironmentFiles, summary } from '@grantway/admin';
import { EnvironmentConfig, MasterKey } from '@grantway/domain';
import { keepSecret, leaveAddress, startEmbeddedPostgres } from '@grantway/local-services';
import { migrate } from '@grantway/persistence';
import { ConfigError, loadConfig } from '@grantway/platform';
import { Application, startApplication } from './application.js';
import { banner } from './banner.js';
import { requireFreePort } from './port.js';
import { DEMO_FILE, StandaloneConfig } from './standalone.config.js';

const DATABASE = 'grantway';
/** Who applies environment files when nobody calls a command. */
const STARTING = 'npm start';

/**
 * Everything `npm start` does, in the order in which it can fail without having changed anything: configuration, port,
 * environment files, database; only then is anything written.
 */
export async function start(): Promise<{ stop(): Promise<void> }> {
  const config = loadConfig(StandaloneConfig);
  const publicUrl = config.publicUrl ?? `http://localhost:${config.port}`;
  await requireFreePort(config.port);
  const files = await findEnvironmentFiles(config.environments);
  const variables = { ...process.env, PUBLIC_URL: publicUrl };
  readEnvironmentFiles(files, variables, CHECKING_KEEPER);

  const cleanups: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    // One that fails must not keep the next from its turn: the database is the last.
    for (const cleanup of cleanups.reverse())
      await cleanup().catch((error: Error) => say(`while stopping: ${error.message}`));
  };
  try {
    const databaseUrl = await database(config, cleanups);
    await migrateDatabase(databaseUrl);
    const masterKey = config.masterKey ?? (await keepSecret(join(config.dataDir, 'master.key')));
    const application = await startApplication({ config, publicUrl, databaseUrl, masterKey });
    cleanups.push(() => application.stop());
    const environments = readEnvironmentFiles(files, variables, keeperOf(MasterKey.parse(masterKey)));
    await applyAll(environments, application);
    await application.listen();
    // Lets `npm run grantway -- apply` find this installation while it runs; the way to a database of one's own, password
    // and all, is not ours to write down.
    if (config.databaseUrl === undefined) cleanups.push(await leaveAddress(config.dataDir, { databaseUrl, publicUrl }));
    say(banner(publicUrl, environments, config.environments === DEMO_FILE));
    return { stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function database(config: StandaloneConfig, cleanups: (() => Promise<unknown>)[]): Promise<string> {
  if (config.databaseUrl !== undefined) return config.databaseUrl;
  const postgres = await startEmbeddedPostgres({
    dataDir: join(config.dataDir, 'postgres'),
    databases: [DATABASE],
    onProgress: (doing) => say(`${doing}…`),
  });
  cleanups.push(() => postgres.stop());
  return postgres.url(DATABASE);
}

/** @throws ConfigError when the database cannot be reached */
async function migrateDatabase(databaseUrl: string): Promise<void> {
  try {
    await migrate(databaseUrl, (name) => say(`migrating: ${name}`));
  } catch (error) {
    const { host, pathname } = new URL(databaseUrl);
    const { code, message } = error as NodeJS.ErrnoException;
    if ((error as Error).name === 'MigrationError') throw error;
    throw new ConfigError(`PostgreSQL at ${host}${pathname} cannot be used: ${message || code}`);
  }
}

async function applyAll(environments: readonly EnvironmentConfig[], application: Application): Promise<void> {
  for (const environment of environments) await application.environments.requireItsKey(environment);
  for (const environment of environments) {
    const changes = await application.environments.apply(environment, STARTING);
    if (changes.created.length + changes.updated.length + changes.removed.length > 0) {
      say(summary(environment.environment.id, changes));
    }
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
