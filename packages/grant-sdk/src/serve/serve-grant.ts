import { loadConfig, ProcessConfig, ReadinessCheck, run, startService } from '@grantway/platform';
import { Module, type Provider } from '@nestjs/common';
import { grantOptions } from '../grant.decorator.js';
import { GrantHandler } from '../grant-handler.js';
import { manifestOf } from '../remote/manifest.js';
import { remoteGrant } from '../remote/remote-grant.js';

export interface GrantServiceOptions {
  /** What the grant's constructor asks for, by class. */
  readonly providers?: readonly Provider[];
  /** Nest modules that bring such things. */
  readonly imports?: readonly object[];
  /** What `/readyz` asks beside the bus; one that throws makes the process not ready. */
  readonly checks?: readonly ReadinessCheck[];
  /** Tells trouble below the grant (its database is away) from a bug in it: the one is a warning in the log, the other an error. */
  readonly isInfrastructureError?: (error: unknown) => boolean;
}

@Module({})
class GrantService {}

/**
 * Starts one grant as a process of its own: on the bus at `NATS_URL`, announced, with `/healthz`, `/readyz` and `/metrics` on
 * `HEALTH_PORT`. It starts though the bus is away, and is announced when that is back (design section 5).
 *
 * @returns how to stop: it says goodbye, answers what is in hand, and leaves the bus
 * @throws ConfigError naming each variable that is missing or malformed
 * @throws Error when the class is no grant, or none that can be announced
 */
export async function startGrant(
  type: new (...args: never[]) => GrantHandler<object>,
  { providers = [], imports = [], checks = [], isInfrastructureError = () => false }: GrantServiceOptions = {},
): Promise<{ stop(): Promise<void> }> {
  const options = grantOptions(type);
  if (!options) throw new Error(`${type.name} has no @Grant`);
  const { slug } = manifestOf(options);
  return startService({
    name: `grant-${slug}`,
    config: loadConfig(ProcessConfig),
    isInfrastructureError,
    module: { module: GrantService, imports, providers: [...remoteGrant(type), ...providers] },
    checks: () => checks,
  });
}

/** As {@link startGrant}, until the process is told to stop (SIGTERM, Ctrl-C): the whole of a grant's `main.ts`. */
export function serveGrant(
  type: new (...args: never[]) => GrantHandler<object>,
  options: GrantServiceOptions = {},
): Promise<void> {
  return run(() => startGrant(type, options));
}
