import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@grantway/local-services';

export interface OwnPostgres {
  /** Of its empty database `bench`. */
  readonly url: string;
  /** The postmaster's; its sessions are its children. */
  readonly pid: number;
  /** Goes when it is stopped: whoever started it may keep files here. */
  readonly folder: string;
  /** Safe to call twice. */
  stop(): Promise<void>;
}

/** A PostgreSQL that nobody else uses, as durable as it comes, in a temporary folder. */
export async function ownPostgres(): Promise<OwnPostgres> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'grantway-bench-')));
  const remove = () => rm(folder, { recursive: true, force: true });
  const dataDir = join(folder, 'postgres');
  try {
    const postgres = await startEmbeddedPostgres({ dataDir, databases: ['bench'] });
    const stop = async () => {
      await postgres.stop();
      await remove();
    };
    try {
      return { url: postgres.url('bench'), pid: await pidOf(dataDir), folder, stop };
    } catch (error) {
      await postgres.stop();
      throw error;
    }
  } catch (error) {
    await remove();
    throw error;
  }
}

async function pidOf(dataDir: string): Promise<number> {
  const [pid] = (await readFile(join(dataDir, 'postmaster.pid'), 'utf8')).split('\n');
  return Number(pid);
}
