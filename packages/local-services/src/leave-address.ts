import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What `npm run grantway` has to know of an installation that runs on this machine. */
export interface InstallationAddress {
  readonly databaseUrl: string;
  readonly publicUrl: string;
}

/**
 * Leaves `database.url` and `public.url` in the data folder, readable by their owner alone, beside `master.key`.
 *
 * @returns takes them away again
 * @throws the file system's error when the folder can't be written
 */
export async function leaveAddress(dataDir: string, address: InstallationAddress): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true });
  const files = { 'database.url': address.databaseUrl, 'public.url': address.publicUrl };
  for (const [name, url] of Object.entries(files)) await writeFile(join(dataDir, name), `${url}\n`, { mode: 0o600 });
  return async () => {
    for (const name of Object.keys(files)) await rm(join(dataDir, name), { force: true });
  };
}
