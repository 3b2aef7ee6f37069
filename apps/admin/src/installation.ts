import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MasterKey } from '@grantway/domain';

/** Where the database is and which key opens it. */
export interface Installation {
  readonly databaseUrl: string;
  readonly masterKey: MasterKey;
}

/** What is missing to work on an installation; the message is complete. */
export class NoInstallation extends Error {
  override readonly name = 'NoInstallation';
}

/**
 * `DATABASE_URL` and `GRANTWAY_MASTER_KEY`, or those a running `npm start` left in its data folder.
 *
 * @throws NoInstallation
 */
export async function findInstallation(env: NodeJS.ProcessEnv): Promise<Installation> {
  const data = env['GRANTWAY_DATA'] || '.grantway';
  const databaseUrl = await findDatabaseUrl(env);
  const file = join(data, 'master.key');
  const key = env['GRANTWAY_MASTER_KEY'] || (await kept(file));
  if (!key) throw new NoInstallation('No master key: set GRANTWAY_MASTER_KEY to the one the services use');
  try {
    return { databaseUrl, masterKey: MasterKey.parse(key) };
  } catch (error) {
    throw new NoInstallation(
      `${env['GRANTWAY_MASTER_KEY'] ? 'GRANTWAY_MASTER_KEY' : file} ${(error as Error).message}`,
    );
  }
}

/** @throws NoInstallation */
export async function findDatabaseUrl(env: NodeJS.ProcessEnv): Promise<string> {
  const url = env['DATABASE_URL'] || (await kept(join(env['GRANTWAY_DATA'] || '.grantway', 'database.url')));
  if (!url) throw new NoInstallation('No database: start Grantway (npm start) or set DATABASE_URL');
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new NoInstallation('DATABASE_URL must be a URL that begins with postgresql://');
  }
  return url;
}

/**
 * What `${PUBLIC_URL}` stands for: the variable, or the address of the `npm start` whose database is used. A file that is
 * applied to a running installation has to mean the same as when that installation started.
 */
export async function withItsPublicUrl(env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  if (env['PUBLIC_URL'] || env['DATABASE_URL']) return env;
  const url = await kept(join(env['GRANTWAY_DATA'] || '.grantway', 'public.url'));
  return url === undefined ? env : { ...env, PUBLIC_URL: url };
}

async function kept(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new NoInstallation(`${file} cannot be read (${error.code})`);
  });
  return text.trim() || undefined;
}
