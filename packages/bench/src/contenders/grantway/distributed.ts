import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Fleet, freePort, migrateAndApply, type Replicas, startFleet, startNats } from '@grantway/local-services';
import { atTheEnd } from '../at-the-end.js';
import type { Contender, Running } from '../contender.js';
import { ownPostgres } from '../own-postgres.js';
import { makePasswordsCheap } from './cheap-passwords.js';
import { environmentFile } from './environment.js';
import { grantwayTarget } from './target.js';

/** Each service a process, with a PostgreSQL and a nats-server of its own. */
export const grantwayDistributed: Contender = {
  name: 'grantway-distributed',
  without: [],
  start: () => startDistributed(),
};

export interface Distributed extends Running {
  readonly natsUrl: string;
  /** One of its services' processes, to be stopped and started alone: `device-2`. */
  readonly process: Fleet['process'];
}

export interface DistributedOptions {
  /** Absent: one of each. */
  readonly replicas?: Partial<Replicas>;
  /** An environment file's text; absent: the installation that all contenders have. */
  readonly environment?: string;
  /** Grant hosts by name, and which grants each runs. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** For every process, such as the GRANTS that the token service keeps. */
  readonly env?: Readonly<Record<string, string>>;
}

export async function startDistributed(options: DistributedOptions = {}): Promise<Distributed> {
  const end = atTheEnd();
  try {
    const postgres = await ownPostgres();
    end.first(() => postgres.stop());
    const nats = await startNats();
    end.first(() => nats.stop());
    const publicPort = await freePort();
    const publicUrl = `http://localhost:${publicPort}`;
    const key = { GRANTWAY_MASTER_KEY: randomBytes(32).toString('base64url') };
    const file = join(postgres.folder, 'bench.yaml');
    await writeFile(file, options.environment ?? environmentFile());
    end.first(() => rm(file, { force: true }));
    await migrateAndApply(file, { ...key, DATABASE_URL: postgres.url, PUBLIC_URL: publicUrl });
    await makePasswordsCheap(postgres.url);
    const fleet = await startFleet({
      ...{ databaseUrl: postgres.url, natsUrl: nats.url, publicPort, publicUrl },
      replicas: { token: 1, ...options.replicas },
      ...(options.hosts && { hosts: options.hosts }),
      env: { ...key, TRUSTED_PROXY_HOPS: '1', NODE_ENV: 'production', ...options.env },
    });
    end.first(() => fleet.stop());
    return {
      target: grantwayTarget(publicUrl),
      natsUrl: nats.url,
      databaseUrl: postgres.url,
      process: (name) => fleet.process(name),
      processes: () => [
        // One that was stopped is none.
        ...fleet.processes.flatMap(({ name, pid }) => (pid === undefined ? [] : [{ name, pid }])),
        { name: 'nats-server', pid: nats.pid },
        { name: 'postgres', pid: postgres.pid },
      ],
      pause: () => fleet.stop(),
      resume: async () => void (await Promise.all(fleet.processes.map((each) => each.start()))),
      stop: () => end.now(),
    };
  } catch (error) {
    await end.now();
    throw error;
  }
}
