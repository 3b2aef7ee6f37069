import { ActiveKeyExists, type KeyState, type SigningKey, SigningKeys } from '@grantway/domain';
import { TestClock } from './test-clock.js';

/** A key with the times of its row; milliseconds since 1970. */
export interface KeptKey {
  key: SigningKey;
  readonly announcedAt: number;
  activatedAt?: number;
  retiringAt?: number;
  retiredAt?: number;
}

export class MemorySigningKeys extends SigningKeys {
  /** The table, oldest first; {@link MemoryKeySchedule} works on it too. */
  readonly rows: KeptKey[] = [];

  constructor(readonly clock = new TestClock()) {
    super();
  }

  async list(environmentId: string): Promise<readonly SigningKey[]> {
    return this.of(environmentId)
      .map(({ key }) => key)
      .filter(({ state }) => state !== 'retired');
  }

  async find(environmentId: string, kid: string): Promise<SigningKey | undefined> {
    return (await this.list(environmentId)).find((key) => key.kid === kid);
  }

  async add(key: SigningKey): Promise<void> {
    const { environmentId, kid, algorithm, state } = key;
    const ours = this.of(environmentId).map((row) => row.key);
    const isSecond = state === 'active' && ours.some((one) => one.algorithm === algorithm && one.state === 'active');
    if (isSecond || ours.some((one) => one.kid === kid)) throw new ActiveKeyExists(environmentId);
    const announcedAt = this.clock.now();
    this.rows.push({ key, announcedAt, ...(state === 'active' && { activatedAt: announcedAt }) });
  }

  async keep(environmentId: string, kid: string, until: Date): Promise<boolean> {
    const row = this.row(environmentId, kid);
    if (!row || row.key.state === 'retired') return false;
    if ((row.key.keptUntil ?? until) <= until) row.key = { ...row.key, keptUntil: until };
    return true;
  }

  of(environmentId: string): KeptKey[] {
    return this.rows.filter(({ key }) => key.environmentId === environmentId);
  }

  row(environmentId: string, kid: string): KeptKey | undefined {
    return this.of(environmentId).find(({ key }) => key.kid === kid);
  }

  /** Whatever a key may have been through, put there directly. */
  set(row: KeptKey, state: KeyState): void {
    const now = this.clock.now();
    const signsNoMore = state === 'retiring' || state === 'retired';
    row.key = { ...row.key, state, ...(signsNoMore && { encryptedPrivateKey: new Uint8Array() }) };
    if (state === 'active') row.activatedAt = now;
    if (state === 'retiring') row.retiringAt = now;
    if (state === 'retired') row.retiredAt = now;
  }
}
