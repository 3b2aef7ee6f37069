import { expiringId, RevokedTokens } from '@grantway/domain';

export class MemoryRevokedTokens extends RevokedTokens {
  readonly #ids = new Set<string>();

  async add(environmentId: string, jti: string, expiresAt: Date): Promise<void> {
    this.#ids.add(expiringId(expiresAt, environmentId, jti));
  }

  async has(environmentId: string, jti: string, expiresAt: Date): Promise<boolean> {
    return this.#ids.has(expiringId(expiresAt, environmentId, jti));
  }
}
