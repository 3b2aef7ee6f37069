import {
  DEFAULT_KEY_TIMES,
  type Environments,
  type KeyRecord,
  KeySchedule,
  type KeyState,
  type KeyStep,
  type KeyStepName,
  type SigningKey,
} from '@grantway/domain';
import type { KeptKey, MemorySigningKeys } from './signing-keys.memory.js';

/** Seconds. */
interface Times {
  readonly rotateEvery: number;
  readonly announceFor: number;
}

const KEPT_AT_FIRST = 6 * 3_600;
const DAY = 86_400;

export class MemoryKeySchedule extends KeySchedule {
  constructor(
    private readonly keys: MemorySigningKeys,
    private readonly environments: Environments,
  ) {
    super();
  }

  async due(most: number): Promise<readonly KeyStep[]> {
    const steps: KeyStep[] = [];
    for (const row of this.keys.rows) {
      const { environmentId, kid, algorithm } = row.key;
      const step = this.#stepOf(row, await this.#times(environmentId));
      if (step) steps.push({ environmentId, kid, algorithm, step });
    }
    return steps.slice(0, most);
  }

  async follow(key: SigningKey): Promise<boolean> {
    const times = await this.#times(key.environmentId);
    const active = this.#active(key);
    if (!active || this.#stepOf(active, times) !== 'follow') return false;
    await this.keys.add({ ...key, state: 'announced' });
    return true;
  }

  async activate(environmentId: string, kid: string): Promise<boolean> {
    const times = await this.#times(environmentId);
    const row = this.keys.row(environmentId, kid);
    if (!row || this.#stepOf(row, times) !== 'activate') return false;
    const before = this.#active(row.key);
    if (before) this.keys.set(before, 'retiring');
    this.#begin(row);
    return true;
  }

  async retire(environmentId: string, kid: string): Promise<boolean> {
    const times = await this.#times(environmentId);
    const row = this.keys.row(environmentId, kid);
    if (!row || this.#stepOf(row, times) !== 'retire') return false;
    this.keys.set(row, 'retired');
    return true;
  }

  async remove(kid: string, replacement: SigningKey): Promise<KeyState | undefined> {
    const { environmentId, algorithm } = replacement;
    const row = this.keys.row(environmentId, kid);
    if (!row || row.key.state === 'retired' || row.key.algorithm !== algorithm) return undefined;
    const before = row.key.state;
    this.keys.set(row, 'retired');
    if (before === 'active') {
      await this.keys.add({ ...replacement, state: 'active' });
      this.#begin(this.keys.row(environmentId, replacement.kid) as KeptKey);
    }
    return before;
  }

  async records(environmentId: string): Promise<readonly KeyRecord[]> {
    const { announceFor } = await this.#times(environmentId);
    return this.keys.of(environmentId).map(({ key, announcedAt, activatedAt, retiringAt, retiredAt }) => ({
      ...{ kid: key.kid, algorithm: key.algorithm, state: key.state },
      announcedAt: new Date(announcedAt),
      activeFrom: new Date(activatedAt ?? announcedAt + announceFor * 1000),
      ...(retiringAt !== undefined && { retiringAt: new Date(retiringAt) }),
      ...(key.keptUntil && { keptUntil: key.keptUntil }),
      ...(retiredAt !== undefined && { retiredAt: new Date(retiredAt) }),
    }));
  }

  #begin(row: KeptKey): void {
    this.keys.set(row, 'active');
    row.key = { ...row.key, keptUntil: new Date(this.keys.clock.after(KEPT_AT_FIRST)) };
  }

  /** Without waiting for anything: between looking and writing nobody else may come. */
  #stepOf({ key, announcedAt, activatedAt, retiringAt }: KeptKey, times: Times): KeyStepName | undefined {
    const { rotateEvery, announceFor } = times;
    const since = (moment: number) => (this.keys.clock.now() - moment) / 1000;
    switch (key.state) {
      case 'announced':
        return since(announcedAt) >= announceFor ? 'activate' : undefined;
      case 'active': {
        const isOld = rotateEvery > 0 && since(activatedAt ?? announcedAt) >= Math.max(0, rotateEvery - announceFor);
        return isOld && !this.#hasNext(key) ? 'follow' : undefined;
      }
      case 'retiring': {
        const until = key.keptUntil?.getTime() ?? (retiringAt ?? announcedAt) + 31 * DAY * 1000;
        return since(until) >= 0 ? 'retire' : undefined;
      }
      case 'retired':
        return undefined;
    }
  }

  #active({ environmentId, algorithm }: SigningKey): KeptKey | undefined {
    return this.keys.of(environmentId).find(({ key }) => key.algorithm === algorithm && key.state === 'active');
  }

  #hasNext({ environmentId, algorithm }: SigningKey): boolean {
    return this.keys.of(environmentId).some(({ key }) => key.algorithm === algorithm && key.state === 'announced');
  }

  async #times(environmentId: string): Promise<Times> {
    return { ...DEFAULT_KEY_TIMES, ...(await this.environments.find(environmentId))?.signing };
  }
}
