import {
  AppliedChanges,
  ConfigConflictError,
  EnvironmentConfig,
  EnvironmentConfigs,
  SigningAlgorithm,
  SigningKeys,
} from '@grantway/domain';
import { KeyLifecycle, KeyRing } from '@grantway/token-signing';
import { Injectable } from '@nestjs/common';
import { administrated } from './commands/administrator.js';
import { NoInstallation } from './installation.js';

/** Brings environments to what their files say, and gives each the keys it signs with. */
@Injectable()
export class EnvironmentApplier {
  constructor(
    private readonly configs: EnvironmentConfigs,
    private readonly lifecycle: KeyLifecycle,
    private readonly keys: SigningKeys,
    private readonly ring: KeyRing,
  ) {}

  /**
   * To be asked before the first file is applied: under another master key every client secret would be stored as a hash
   * that fits nothing.
   * @throws NoInstallation when the environment's keys were sealed with another master key
   */
  async requireItsKey({ environment: { id } }: { readonly environment: { readonly id: string } }): Promise<void> {
    const active = (await this.keys.list(id)).filter(({ state }) => state === 'active');
    for (const { algorithm } of active) {
      await this.ring.signer(id, algorithm).catch(() => {
        throw new NoInstallation(`The keys of ${id} were sealed with another GRANTWAY_MASTER_KEY; nothing was changed`);
      });
    }
  }

  /**
   * All or nothing, except that keys come after: an environment without them signs nothing until it is applied again.
   * @param actor who does it, for the audit event that is written with it
   * @throws ConfigConflictError
   */
  async apply(config: EnvironmentConfig, actor: string): Promise<AppliedChanges> {
    const { id } = config.environment;
    const algorithms = algorithmsOf(config);
    // A live environment must not begin to sign with an algorithm before it has the key.
    const isLive = (await this.keys.list(id)).length > 0;
    const before = isLive ? await this.lifecycle.ensure(id, algorithms) : [];
    const recorded = ({ created, updated, removed }: AppliedChanges) =>
      administrated('environment.apply', id, actor, { detail: { created, updated, removed } });
    const changes = await this.configs.apply(config, recorded).catch((error: unknown) => {
      if (!(error instanceof ConfigConflictError)) throw error;
      throw new ConfigConflictError([`${id}: ${error.message}`]);
    });
    const made = isLive ? before : await this.lifecycle.ensure(id, algorithms);
    return { ...changes, created: [...changes.created, ...made.map((kid) => `signing key ${kid}`)] };
  }
}

/** Everything that tokens of this environment are signed with: a resource may have its own. */
function algorithmsOf({ environment: { signing }, resources }: EnvironmentConfig): SigningAlgorithm[] {
  const ofResources = resources.flatMap(({ accessTokenAlgorithm }) => accessTokenAlgorithm ?? []);
  return [signing.idToken, signing.accessToken, ...ofResources];
}

/** One line a person can read. */
export function summary(environmentId: string, { created, updated, removed }: AppliedChanges): string {
  const parts = [
    ...(created.length > 0 ? [`created ${created.join(', ')}`] : []),
    ...(updated.length > 0 ? [`updated ${updated.join(', ')}`] : []),
    ...(removed.length > 0 ? [`removed ${removed.join(', ')}`] : []),
  ];
  return `${environmentId}: ${parts.length > 0 ? parts.join('; ') : 'nothing to change'}`;
}
