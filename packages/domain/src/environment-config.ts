import { AuditEvent } from './audit-event.js';
import { Client } from './client.js';
import { Environment } from './environment.js';
import { Resource } from './resource.js';
import { ServiceAccountSettings } from './service-account.js';
import { User } from './user.js';

/** What an environment file says, checked and with its secrets hashed. */
export interface EnvironmentConfig {
  readonly environment: Environment;
  readonly resources: readonly Resource[];
  readonly clients: readonly Client[];
  readonly users: readonly ConfiguredUser[];
  readonly serviceAccounts: readonly ServiceAccountSettings[];
}

export interface ConfiguredUser extends Omit<User, 'passwordChangedAt' | 'environmentId'> {
  readonly password?: ConfiguredPassword;
  /** The code for backchannel requests. */
  readonly userCode?: ConfiguredPassword;
}

/** A hash is stored as it is; a plain password is hashed, unless the stored hash already fits it. */
export type ConfiguredPassword = { readonly plain: string } | { readonly hash: string };

/** What applying a file did, by kind and id; empty lists when everything was already so. */
export interface AppliedChanges {
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly removed: readonly string[];
}

/** The configuration contradicts itself or what is stored; nothing was written. */
export class ConfigConflictError extends Error {
  override readonly name = 'ConfigConflictError';

  /** @param conflicts one sentence each, naming what clashes */
  constructor(readonly conflicts: readonly string[]) {
    super(conflicts.join('; '));
  }
}

/**
 * Writes configuration. A file owns the resources and clients it once created: those missing from it are removed.
 * Users are never removed, because people are more than configuration.
 */
export abstract class EnvironmentConfigs {
  /**
   * All or nothing; announces the change to every process when it commits.
   * @param recorded what is to be said of it, written with the change; not asked where nothing changed
   * @throws ConfigConflictError
   */
  abstract apply(
    config: EnvironmentConfig,
    recorded?: (changes: AppliedChanges) => AuditEvent,
  ): Promise<AppliedChanges>;
}
