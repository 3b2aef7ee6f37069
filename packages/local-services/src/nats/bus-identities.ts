import { join } from 'node:path';
import { runAdmin } from '../admin-cli.js';

export interface GrantIdentities {
  /** Slugs of grants that are services of their own. */
  readonly grants?: readonly string[];
  /** Grant hosts, by name, with the slugs each serves. */
  readonly hosts?: Readonly<Record<string, readonly string[]>>;
}

/** A folder of seeds, and the list of users that goes with them. */
export interface BusIdentities {
  readonly folder: string;
  /** For the nats-server. */
  readonly users: string;
  /** @param name `gateway`, `token`, `grant-<slug>`, `host-<name>` … */
  seedFile(name: string): string;
}

/**
 * Makes them with the operator's own command. The folder's earlier seeds are kept; its list names what this call names.
 *
 * @throws LocalServiceError carrying what the command said, when it refuses
 */
export async function makeBusIdentities(
  folder: string,
  { grants = [], hosts = {} }: GrantIdentities = {},
): Promise<BusIdentities> {
  const named = Object.entries(hosts).flatMap(([name, slugs]) => ['--host', `${name}=${slugs.join(',')}`]);
  await runAdmin(['nats-config', folder, ...(grants.length > 0 ? ['--grants', grants.join(',')] : []), ...named], {});
  return { folder, users: join(folder, 'nats-users.conf'), seedFile: (name) => join(folder, `${name}.nk`) };
}
