import { freePort } from './free-port.js';
import { ManagedProcess, type ManagedProcessOptions } from './process/managed-process.js';

export interface GrantServiceOptions extends Pick<ManagedProcessOptions, 'onLine' | 'ownGroup'> {
  /** How messages call it: `grant-step-up-1`. */
  readonly name: string;
  /** The JavaScript file that calls `serveGrant`. */
  readonly script: string;
  readonly natsUrl: string;
  /** The file with its seed, on a bus that asks who everybody is. */
  readonly seedFile?: string | undefined;
  /** What the grant itself wants to know. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What opens Grantway's own state, and everything of ours; a grant decides, and has no use for it. */
const NOT_FOR_GRANTS = /^GRANTWAY_|DATABASE_URL$|^PUBLIC_URL$/;

function withoutOurs(): Record<string, undefined> {
  const ours = Object.keys(globalThis.process.env).filter((name) => NOT_FOR_GRANTS.test(name));
  return Object.fromEntries(
    ['DATABASE_URL', 'GRANTWAY_MASTER_KEY', 'PUBLIC_URL', ...ours].map((name) => [name, undefined]),
  );
}

/**
 * A team's grant as a process of its own, not yet started. It is told where the bus is and who it is there; our database and
 * our keys it is not told of, even where our own environment names them.
 */
export async function describeGrantService(
  options: GrantServiceOptions,
): Promise<ManagedProcess & { readonly healthUrl: string }> {
  const { natsUrl, seedFile, env, ...process } = options;
  const healthPort = await freePort();
  const healthUrl = `http://127.0.0.1:${healthPort}`;
  const managed = new ManagedProcess({
    ...process,
    readyUrl: `${healthUrl}/readyz`,
    env: {
      ...env,
      ...withoutOurs(),
      NATS_URL: natsUrl,
      NATS_NKEY_SEED: undefined,
      NATS_NKEY_FILE: seedFile,
      HEALTH_PORT: String(healthPort),
    },
  });
  return Object.assign(managed, { healthUrl });
}
