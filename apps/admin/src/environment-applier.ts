import { AppliedChanges, ConfigConflictError, EnvironmentConfig, EnvironmentConfigs } from '@grantway/domain';
import { KeyLifecycle } from '@grantway/token-signing';
import { Injectable } from '@nestjs/common';

/** Brings environments to what their files say, and gives each the keys it signs with. */
@Injectable()
export class EnvironmentApplier {
  constructor(
    private readonly configs: EnvironmentConfigs,
    private readonly keys: KeyLifecycle,
  ) {}

  /**
   * All or nothing, except that keys come after: an environment without them signs nothing until it is applied again.
   * @throws ConfigConflictError
   */
  async apply(config: EnvironmentConfig): Promise<AppliedChanges> {
    const { id, signing } = config.environment;
    const changes = await this.configs.apply(config).catch((error: unknown) => {
      if (!(error instanceof ConfigConflictError)) throw error;
      throw new ConfigConflictError([`${id}: ${error.message}`]);
    });
    const made = await this.keys.ensure(id, [signing.idToken, signing.accessToken]);
    return { ...changes, created: [...changes.created, ...made.map((kid) => `signing key ${kid}`)] };
  }
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
