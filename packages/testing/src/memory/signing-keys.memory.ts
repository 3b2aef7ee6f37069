import { ActiveKeyExists, type KeyState, type SigningKey, SigningKeys } from '@grantway/domain';

export class MemorySigningKeys extends SigningKeys {
  readonly #keys: SigningKey[] = [];

  async list(environmentId: string): Promise<readonly SigningKey[]> {
    return this.#keys.filter((key) => key.environmentId === environmentId);
  }

  async add(key: SigningKey): Promise<void> {
    this.#refuseSecondActive(key);
    if (this.#keys.some((other) => other.environmentId === key.environmentId && other.kid === key.kid)) {
      throw new ActiveKeyExists(key.environmentId);
    }
    this.#keys.push(key);
  }

  async advance(environmentId: string, kid: string, from: KeyState, to: KeyState): Promise<boolean> {
    const at = this.#keys.findIndex(
      (key) => key.environmentId === environmentId && key.kid === kid && key.state === from,
    );
    const key = this.#keys[at];
    if (!key) return false;
    const advanced = { ...key, state: to };
    this.#refuseSecondActive(advanced);
    this.#keys[at] = advanced;
    return true;
  }

  #refuseSecondActive({ environmentId, kid, algorithm, state }: SigningKey): void {
    const rival = this.#keys.find(
      (key) =>
        key.environmentId === environmentId && key.algorithm === algorithm && key.state === 'active' && key.kid !== kid,
    );
    if (state === 'active' && rival) throw new ActiveKeyExists(environmentId);
  }
}
