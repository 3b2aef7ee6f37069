import { expiringId, UsedJwts } from '@grantway/domain';
import type { TestClock } from './test-clock.js';

export class MemoryUsedJwts extends UsedJwts {
  readonly #ids = new Set<string>();

  constructor(private readonly clock: TestClock) {
    super();
  }

  async use(environmentId: string, owner: string, jti: string, expiresAt: Date): Promise<boolean> {
    const id = expiringId(expiresAt, environmentId, owner, jti);
    const days = (expiresAt.getTime() - this.clock.now()) / 86_400_000;
    if (days < -1 || days >= 2 || this.#ids.has(id)) return false;
    this.#ids.add(id);
    return true;
  }
}
